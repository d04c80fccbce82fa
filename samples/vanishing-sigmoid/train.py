"""Tells ten kinds of noisy waves apart with a deep stack of sigmoid layers."""
import math

import torch
from torch import nn

DEPTH = 20
WIDTH = 64
STEPS = 300


class WaveClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.inlet = nn.Linear(WIDTH, WIDTH)
        self.hidden = nn.ModuleList([nn.Linear(WIDTH, WIDTH) for _ in range(DEPTH - 2)])
        self.outlet = nn.Linear(WIDTH, 10)

    def forward(self, x):
        x = torch.sigmoid(self.inlet(x))
        for layer in self.hidden:
            x = torch.sigmoid(layer(x))
        return self.outlet(x)


def batch(size):
    kind = torch.randint(0, 10, (size,))
    time = torch.linspace(0, 2 * math.pi, WIDTH)
    phase = torch.rand(size, 1)
    wave = torch.sin((kind[:, None] + 1) * time + phase)
    return wave + 0.1 * torch.randn(size, WIDTH), kind


def main():
    torch.manual_seed(3)
    model = WaveClassifier()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for step in range(1, STEPS + 1):
        x, y = batch(64)
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        if step % 10 == 0 or step == 1:
            print(f"step {step} loss {loss.item():.4f}")
            for name, parameter in model.named_parameters():
                if name.endswith("weight"):
                    print(f"  {name}: {parameter.grad.norm().item():.3e}")
        optimizer.step()


if __name__ == "__main__":
    main()
