# bench: class=MobileSE input=randn:16,3,32,32 loss=ce
from collections import OrderedDict

import torch
from torch import nn


class Swish(nn.Module):
    def forward(self, x):
        return x * x.sigmoid()


def round_channels(c, multiplier=1.0, divisor=8):
    c = c * multiplier
    new_c = max(divisor, int(c + divisor / 2) // divisor * divisor)
    return new_c + divisor if new_c < 0.9 * c else new_c


class SqueezeExcite(nn.Module):
    def __init__(self, c, se):
        super().__init__()
        self.reduce = nn.Conv2d(c, se, 1)
        self.expand = nn.Conv2d(se, c, 1)
        self.act = Swish()

    def forward(self, x):
        s = x.mean((2, 3), keepdim=True)
        return torch.sigmoid(self.expand(self.act(self.reduce(s)))) * x


class MBConv(nn.Module):
    def __init__(self, i, o, k, s, expand, se_ratio=0.25):
        super().__init__()
        m = i * expand
        layers = OrderedDict()
        if expand != 1:
            layers['expand'] = nn.Sequential(nn.Conv2d(i, m, 1, bias=False), nn.BatchNorm2d(m), Swish())
        layers['depthwise'] = nn.Sequential(
            nn.Conv2d(m, m, k, s, padding=(k - 1) // 2, groups=m, bias=False), nn.BatchNorm2d(m), Swish())
        layers['se'] = SqueezeExcite(m, max(1, int(i * se_ratio)))
        layers['project'] = nn.Sequential(nn.Conv2d(m, o, 1, bias=False), nn.BatchNorm2d(o))
        self.layers = nn.Sequential(layers)
        self.residual = s == 1 and i == o

    def forward(self, x):
        y = self.layers(x)
        return x + y if self.residual else y


class MobileSE(nn.Module):
    # kernel, stride, expand, channels, repeats
    SPEC = [(3, 1, 1, 16, 1), (3, 2, 4, 24, 2), (5, 2, 4, 40, 2), (3, 1, 4, 48, 1)]

    def __init__(self, classes=10, width=1.0):
        super().__init__()
        c = round_channels(16, width)
        self.stem = nn.Sequential(nn.Conv2d(3, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c), Swish())
        blocks = []
        for k, s, e, o, n in self.SPEC:
            o = round_channels(o, width)
            for j in range(n):
                blocks.append(MBConv(c, o, k, s if j == 0 else 1, e))
                c = o
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Sequential(
            nn.Conv2d(c, 4 * c, 1, bias=False), nn.BatchNorm2d(4 * c), Swish(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(4 * c, classes))
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode='fan_out')
                if m.bias is not None:
                    nn.init.zeros_(m.bias)
            elif isinstance(m, nn.Linear):
                nn.init.uniform_(m.weight, -1.0 / m.weight.size(0) ** 0.5, 1.0 / m.weight.size(0) ** 0.5)
                nn.init.zeros_(m.bias)

    def forward(self, x):
        x = self.stem(x)
        for b in self.blocks:
            x = b(x)
        return self.head(x)
