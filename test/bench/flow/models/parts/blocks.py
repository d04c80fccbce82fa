"""Layers that style_packaged.py imports."""
from torch import nn

from .config import WIDTH, ACTIVATIONS


class ConvNormAct(nn.Sequential):
    def __init__(self, in_features, out_features, kernel_size, norm=nn.BatchNorm2d, act=None, **kwargs):
        super().__init__(
            nn.Conv2d(in_features, out_features, kernel_size=kernel_size, padding=kernel_size // 2, **kwargs),
            norm(out_features),
            (act or ACTIVATIONS["default"])())


class SEBlock(nn.Module):
    def __init__(self, features, reduction=4):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(nn.Conv2d(features, features // reduction, 1), nn.SiLU(), nn.Conv2d(features // reduction, features, 1), nn.Sigmoid())

    def forward(self, x):
        return x * self.fc(self.pool(x))


class MBConv(nn.Module):
    def __init__(self, features=WIDTH, expand=4):
        super().__init__()
        hidden = features * expand
        self.block = nn.Sequential(
            ConvNormAct(features, hidden, 1, bias=False),
            ConvNormAct(hidden, hidden, 3, groups=hidden, bias=False),
            SEBlock(hidden),
            ConvNormAct(hidden, features, 1, act=nn.Identity, bias=False))

    def forward(self, x):
        return x + self.block(x)
