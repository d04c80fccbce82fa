# bench: class=Net input=randn:64,160 loss=ce
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, width=160, depth=24, classes=10):
        super().__init__()
        layers = []
        for _ in range(depth - 1):
            layers.append(nn.Linear(width, width))
            layers.append(nn.ELU())
        layers.append(nn.Linear(width, classes))
        self.net = nn.Sequential(*layers)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.orthogonal_(m.weight)
                m.bias.data.zero_()

    def forward(self, x):
        return self.net(x)
