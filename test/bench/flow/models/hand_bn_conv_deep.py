# bench: class=PlainNet input=randn:16,3,24,24 loss=ce
import torch.nn as nn


def stage(cin, cout, n, pool):
    mods = []
    for i in range(n):
        mods += [nn.Conv2d(cin if i == 0 else cout, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout), nn.ReLU()]
    return mods + ([nn.MaxPool2d(2)] if pool else [])


class PlainNet(nn.Sequential):
    def __init__(self):
        super().__init__(
            *stage(3, 16, 14, True),
            *stage(16, 24, 14, True),
            *stage(24, 32, 14, False),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(32, 10),
        )
