# bench: class=Siamese input=randn:32,30+randn:32,12 loss=mse
import torch
import torch.nn as nn


class Tower(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.act = nn.Mish()

    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return x


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.user = Tower([30, 64, 64, 32])
        self.item = Tower([12, 64, 64, 32])
        self.head = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, user, item):
        return self.head(torch.cat([self.user(user), self.item(item)], dim=-1))
