# bench: class=ResNet make=resnet10 input=randn:32,3,32,32 loss=ce
"""ResNet for 32x32 images, after He et al. (2015), shortcut option B."""
from typing import List, Type

import torch
import torch.nn as nn
import torch.nn.functional as F

ARCH = {
    "resnet10": {"layers": [1, 1, 1, 1], "planes": [16, 32, 64, 128]},
    "resnet18": {"layers": [2, 2, 2, 2], "planes": [64, 128, 256, 512]},
}


def conv3x3(cin, cout, stride=1):
    return nn.Conv2d(cin, cout, kernel_size=3, stride=stride, padding=1, bias=False)


class BasicBlock(nn.Module):
    expansion: int = 1

    def __init__(self, in_planes, planes, stride=1):
        super(BasicBlock, self).__init__()
        self.conv1 = conv3x3(in_planes, planes, stride)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = nn.BatchNorm2d(planes)
        self.shortcut = nn.Sequential()
        if stride != 1 or in_planes != self.expansion * planes:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_planes, self.expansion * planes, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(self.expansion * planes),
            )

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)), inplace=True)
        out = self.bn2(self.conv2(out))
        out += self.shortcut(x)
        return F.relu(out, inplace=True)


class ResNet(nn.Module):
    def __init__(self, block: Type[BasicBlock], layers: List[int], planes: List[int], num_classes: int = 10):
        super().__init__()
        self.in_planes = planes[0]
        self.conv1 = conv3x3(3, planes[0])
        self.bn1 = nn.BatchNorm2d(planes[0])
        for i, (n, p) in enumerate(zip(layers, planes), start=1):
            setattr(self, f"layer{i}", self._make_layer(block, p, n, stride=1 if i == 1 else 2))
        self.n_stages = len(layers)
        self.linear = nn.Linear(planes[-1] * block.expansion, num_classes)

    def _make_layer(self, block, planes, num_blocks, stride):
        strides = [stride] + [1] * (num_blocks - 1)
        layers = []
        for s in strides:
            layers.append(block(self.in_planes, planes, s))
            self.in_planes = planes * block.expansion
        return nn.Sequential(*layers)

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        for i in range(1, self.n_stages + 1):
            out = getattr(self, f"layer{i}")(out)
        out = F.avg_pool2d(out, out.size(-1))
        out = out.view(out.size(0), -1)
        return self.linear(out)


def resnet10(**kwargs):
    cfg = ARCH["resnet10"]
    return ResNet(BasicBlock, cfg["layers"], cfg["planes"], **kwargs)
