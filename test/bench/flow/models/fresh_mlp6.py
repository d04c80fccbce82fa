# bench: class=Net input=randn:64,32 loss=ce
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, width=32, depth=14, classes=10):
        super().__init__()
        layers = []
        for _ in range(depth - 1):
            layers.append(nn.Linear(width, width))
            layers.append(nn.Mish())
        layers.append(nn.Linear(width, classes))
        self.net = nn.Sequential(*layers)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, std=0.02)
                nn.init.zeros_(m.bias)

    def forward(self, x):
        return self.net(x)
