# bench: class=Net input=randn:64,200 loss=ce
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, width=200, depth=29, classes=10):
        super().__init__()
        layers = []
        for _ in range(depth - 1):
            layers.append(nn.Linear(width, width))
            layers.append(nn.BatchNorm1d(width))
            layers.append(nn.Softsign())
        layers.append(nn.Linear(width, classes))
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)
