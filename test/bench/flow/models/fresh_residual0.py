# bench: class=Net input=randn:64,64 loss=ce
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc1 = nn.Linear(dim, dim)
        self.fc2 = nn.Linear(dim, dim)
        self.norm = nn.BatchNorm1d(dim)
        self.act = nn.SiLU()

    def forward(self, x):
        return x + 0.5 * self.fc2(self.act(self.norm(self.fc1(x))))


class Net(nn.Module):
    def __init__(self, dim=64, depth=17):
        super().__init__()
        self.stem = nn.Linear(64, dim)
        self.blocks = nn.Sequential(*[Block(dim) for _ in range(depth)])
        self.head = nn.Linear(dim, 10)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)))
