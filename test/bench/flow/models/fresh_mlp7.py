# bench: class=Net input=randn:64,128 loss=ce
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, width=128, depth=5, classes=10):
        super().__init__()
        layers = []
        for _ in range(depth - 1):
            layers.append(nn.Linear(width, width))
            layers.append(nn.LayerNorm(width))
            layers.append(nn.ELU())
        layers.append(nn.Linear(width, classes))
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)
