# bench: class=Net input=randn:64,96 loss=ce
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, width=96, depth=30, classes=10):
        super().__init__()
        layers = []
        for _ in range(depth - 1):
            layers.append(nn.Linear(width, width))
            layers.append(nn.LayerNorm(width))
            layers.append(nn.ReLU())
        layers.append(nn.Linear(width, classes))
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)
