"""Predicts the energy of a random spring chain with a plain stack of ReLU layers."""
import torch
from torch import nn

DEPTH = 16
WIDTH = 48
STEPS = 400


class SpringNet(nn.Module):
    def __init__(self, width=WIDTH, depth=DEPTH):
        super().__init__()
        self.embed = nn.Linear(12, width)
        self.blocks = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.readout = nn.Linear(width, 1)

    def forward(self, x):
        x = torch.relu(self.embed(x))
        for block in self.blocks:
            x = torch.relu(block(x))
        return self.readout(x)


def batch(size):
    position = torch.randn(size, 12)
    stretch = position[:, 1:] - position[:, :-1]
    energy = (stretch**2).mean(dim=1, keepdim=True) - 2.0
    return position, energy


def main():
    torch.manual_seed(11)
    model = SpringNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    for step in range(1, STEPS + 1):
        x, y = batch(128)
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        if step % 20 == 0 or step == 1:
            print(f"Step [{step}/{STEPS}], Loss: {loss.item():.5f}")
            for name, parameter in model.named_parameters():
                print(f"{name}: gradient norm = {parameter.grad.norm().item():.8e}")
        optimizer.step()


if __name__ == "__main__":
    main()
