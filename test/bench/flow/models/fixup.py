# bench: class=FixupNet input=randn:32,3,16,16 loss=ce
import math

import torch
import torch.nn as nn


class FixupBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.bias1 = nn.Parameter(torch.zeros(1))
        self.conv1 = nn.Conv2d(c, c, 3, padding=1, bias=False)
        self.bias2 = nn.Parameter(torch.zeros(1))
        self.conv2 = nn.Conv2d(c, c, 3, padding=1, bias=False)
        self.scale = nn.Parameter(torch.ones(1))
        self.relu = nn.ReLU()

    def forward(self, x):
        h = self.relu(self.conv1(x + self.bias1))
        h = self.conv2(h + self.bias2) * self.scale
        return self.relu(x + h)


class FixupNet(nn.Module):
    def __init__(self, c=16, n=6):
        super().__init__()
        self.stem = nn.Conv2d(3, c, 3, padding=1)
        self.body = nn.Sequential(*[FixupBlock(c) for _ in range(n)])
        self.head = nn.Linear(c, 10)
        for block in self.body:
            fan = block.conv1.weight.shape[0] * 9
            nn.init.normal_(block.conv1.weight, std=math.sqrt(2 / fan) * n ** (-0.5))
            nn.init.normal_(block.conv2.weight, std=0.05)

    def forward(self, x):
        h = self.body(self.stem(x))
        return self.head(h.mean((2, 3)))
