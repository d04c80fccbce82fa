"""Separates two entangled spirals with residual blocks; nothing is wrong with it."""
import csv
import math

import torch
from torch import nn

BLOCKS = 12
WIDTH = 48
STEPS = 600


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 2 * width)
        self.project = nn.Linear(2 * width, width)

    def forward(self, x):
        return x + self.project(torch.relu(self.expand(self.norm(x))))


class SpiralNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(2, WIDTH)
        self.blocks = nn.ModuleList([Block(WIDTH) for _ in range(BLOCKS)])
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, 2)

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def batch(size):
    arm = torch.randint(0, 2, (size,))
    turn = torch.rand(size).sqrt() * 4 * math.pi
    angle = turn + math.pi * arm
    points = torch.stack([turn * angle.cos(), turn * angle.sin()], dim=1) / 5
    return points + 0.1 * torch.randn(size, 2), arm


def main():
    torch.manual_seed(8)
    model = SpiralNet()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)
    names = [name for name, _ in model.named_parameters() if name.endswith("weight") and "norm" not in name]
    with open("metrics.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["step", "loss", "grad_norm", *(f"grad_norm/{name}" for name in names)])
        for step in range(1, STEPS + 1):
            x, y = batch(256)
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            total = torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            if step % 5 == 0:
                parameters = dict(model.named_parameters())
                norms = [f"{parameters[name].grad.norm().item():.6f}" for name in names]
                table.writerow([step, f"{loss.item():.6f}", f"{total.item():.6f}", *norms])


if __name__ == "__main__":
    main()
