# bench: class=ConvNeXtIsotropic input=randn:8,3,32,32 loss=ce
import torch.nn as nn
from collections import OrderedDict


class Permute(nn.Module):
    def __init__(self, *dims):
        super().__init__()
        self.dims = dims

    def forward(self, x):
        return x.permute(*self.dims)


class Residual(nn.Module):
    def __init__(self, *fn):
        super().__init__()
        self.fn = nn.Sequential(*fn)

    def forward(self, x):
        return x + self.fn(x)


def block(dim, expansion=4, kernel=7):
    return Residual(
        nn.Conv2d(dim, dim, kernel, padding=kernel // 2, groups=dim),
        Permute(0, 2, 3, 1),
        nn.LayerNorm(dim),
        nn.Linear(dim, expansion * dim),
        nn.GELU(),
        nn.Linear(expansion * dim, dim),
        Permute(0, 3, 1, 2),
    )


class ConvNeXtIsotropic(nn.Sequential):
    def __init__(self, dim=48, depth=8, patch=4, n_classes=10):
        super().__init__(OrderedDict([
            ("stem", nn.Conv2d(3, dim, patch, patch)),
            ("body", nn.Sequential(*[block(dim) for _ in range(depth)])),
            ("pool", nn.AdaptiveAvgPool2d(1)),
            ("flat", nn.Flatten()),
            ("norm", nn.LayerNorm(dim)),
            ("head", nn.Linear(dim, n_classes)),
        ]))
        for m in self.modules():
            if isinstance(m, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(m.weight, std=.02)
                nn.init.zeros_(m.bias)
