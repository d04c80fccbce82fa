import csv
import json

import torch
import torch.nn as nn
import torch.nn.functional as F


class Branch(nn.Module):
    """x + f(x), where f starts at zero so that the whole network starts as the identity."""

    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)
        nn.init.zeros_(self.down.weight)
        nn.init.zeros_(self.down.bias)

    def forward(self, x):
        return x + self.down(F.relu(self.up(self.norm(x))))


class DeepNet(nn.Module):
    def __init__(self, depth=18, width=24, n_classes=2):
        super().__init__()
        self.embed = nn.Linear(2, width)
        self.branches = nn.ModuleList([Branch(width) for _ in range(depth)])
        self.head = nn.Linear(width, n_classes)

    def forward(self, x):
        x = self.embed(x)
        for branch in self.branches:
            x = branch(x)
        return self.head(x)


def moonlets(n):
    label = torch.randint(0, 2, (n,))
    t = 3.1416 * torch.rand(n)
    side = label.float()
    x = torch.stack([t.cos() + side, (1 - 2 * side) * t.sin() + 0.4 * side], 1)
    return x + 0.1 * torch.randn(n, 2), label


def main():
    torch.manual_seed(38)
    net = DeepNet()
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    weights = {n: p for n, p in net.named_parameters() if p.dim() == 2}
    fh = open("layers.csv", "w", newline="")
    table = csv.writer(fh)
    table.writerow(["step", "loss", *weights])
    for step in range(200):
        x, y = moonlets(64)
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        if step % 4 == 0:
            table.writerow([step, f"{loss.item():.5f}", *(f"{p.grad.norm().item():.5e}" for p in weights.values())])
        opt.step()
    fh.close()
    x, y = moonlets(2000)
    with torch.no_grad():
        acc = (net(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
