# bench: class=Packaged input=randn:8,3,32,32 loss=ce
from torch import nn

from parts.blocks import ConvNormAct, MBConv
from parts import config as cfg


class Packaged(nn.Module):
    def __init__(self, classes=10, depth=3):
        super().__init__()
        self.stem = ConvNormAct(3, cfg.WIDTH, 3, stride=2, bias=False)
        self.body = nn.Sequential(*[MBConv() for _ in range(depth)])
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(cfg.WIDTH, classes))

    def forward(self, x):
        return self.head(self.body(self.stem(x)))
