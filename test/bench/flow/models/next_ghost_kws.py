# bench: class=GhostKWS input=randn:16,1,40,32 loss=ce
import math

import torch
import torch.nn as nn


class GhostModule(nn.Module):
    def __init__(self, inp, oup, kernel_size=1, ratio=2, dw_size=3, relu=True):
        super(GhostModule, self).__init__()
        self.oup = oup
        init_channels = math.ceil(oup / ratio)
        new_channels = init_channels * (ratio - 1)
        self.primary_conv = nn.Sequential(
            nn.Conv2d(inp, init_channels, kernel_size, 1, kernel_size // 2, bias=False),
            nn.BatchNorm2d(init_channels),
            nn.ReLU(inplace=True) if relu else nn.Sequential(),
        )
        self.cheap_operation = nn.Sequential(
            nn.Conv2d(init_channels, new_channels, dw_size, 1, dw_size // 2, groups=init_channels, bias=False),
            nn.BatchNorm2d(new_channels),
            nn.ReLU(inplace=True) if relu else nn.Sequential(),
        )

    def forward(self, x):
        x1 = self.primary_conv(x)
        x2 = self.cheap_operation(x1)
        out = torch.cat([x1, x2], dim=1)
        return out[:, :self.oup, :, :]


class GhostKWS(nn.Module):
    def __init__(self, classes=12, width=24, depth=4):
        super().__init__()
        self.conv = nn.Conv2d(1, width, (10, 4), stride=(2, 2), padding=(5, 1))
        body = []
        for i in range(depth):
            body.append(GhostModule(width, 2 * width))
            body.append(GhostModule(2 * width, width, relu=False))
        self.body = nn.ModuleList(body)
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        x = torch.relu(self.conv(x))
        for expand, project in zip(self.body[::2], self.body[1::2]):
            x = x + project(expand(x))
        return self.fc(nn.functional.adaptive_avg_pool2d(x, (1, 1)).reshape(x.size(0), -1))
