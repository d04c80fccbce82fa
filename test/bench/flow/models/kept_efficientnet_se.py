# bench: class=EfficientNetLite input=randn:8,3,32,32 loss=ce
from dataclasses import dataclass, field
from typing import List

import torch
from torch import nn


@dataclass
class StageConfig:
    expand: int
    channels: int
    repeats: int
    stride: int
    kernel: int


@dataclass
class ModelConfig:
    stem: int = 16
    head: int = 96
    num_classes: int = 10
    survival: float = 1.0
    stages: List[StageConfig] = field(default_factory=lambda: [
        StageConfig(1, 16, 1, 1, 3),
        StageConfig(4, 24, 2, 2, 3),
        StageConfig(4, 40, 2, 2, 5),
    ])


class SqueezeExcitation(nn.Module):
    def __init__(self, in_planes, reduced_dim):
        super().__init__()
        self.se = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(in_planes, reduced_dim, 1),
            nn.SiLU(),
            nn.Conv2d(reduced_dim, in_planes, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return x * self.se(x)


class ConvBNAct(nn.Sequential):
    def __init__(self, cin, cout, k=3, s=1, g=1, act=nn.SiLU):
        layers = [nn.Conv2d(cin, cout, k, s, (k - 1) // 2, groups=g, bias=False), nn.BatchNorm2d(cout, momentum=0.01, eps=1e-3)]
        if act is not None:
            layers.append(act())
        super().__init__(*layers)


class MBConv(nn.Module):
    def __init__(self, cin, cfg: StageConfig, stride, se_ratio=0.25):
        super().__init__()
        mid = cin * cfg.expand
        self.use_skip = stride == 1 and cin == cfg.channels
        parts = nn.ModuleList()
        if cfg.expand != 1:
            parts.append(ConvBNAct(cin, mid, 1))
        parts.extend([
            ConvBNAct(mid, mid, cfg.kernel, stride, g=mid),
            SqueezeExcitation(mid, max(1, int(cin * se_ratio))),
            ConvBNAct(mid, cfg.channels, 1, act=None),
        ])
        self.parts = parts

    def forward(self, x):
        out = x
        for part in self.parts:
            out = part(out)
        return x + out if self.use_skip else out


class EfficientNetLite(nn.Module):
    def __init__(self, cfg: ModelConfig = None):
        super().__init__()
        cfg = cfg or ModelConfig()
        self.cfg = cfg
        self.stem = ConvBNAct(3, cfg.stem, 3, 2)
        blocks = []
        c = cfg.stem
        for stage in cfg.stages:
            for i in range(stage.repeats):
                blocks.append(MBConv(c, stage, stage.stride if i == 0 else 1))
                c = stage.channels
        self.blocks = nn.Sequential(*blocks)
        self.top = ConvBNAct(c, cfg.head, 1)
        self.classifier = nn.Linear(cfg.head, cfg.num_classes)
        self._init()

    @torch.no_grad()
    def _init(self):
        for name, module in self.named_modules():
            if isinstance(module, nn.Conv2d):
                fan_out = module.kernel_size[0] * module.kernel_size[1] * module.out_channels // module.groups
                module.weight.normal_(0, (2.0 / fan_out) ** 0.5)
                if module.bias is not None:
                    module.bias.zero_()
            elif isinstance(module, nn.Linear):
                bound = module.out_features ** -0.5
                nn.init.uniform_(module.weight, -bound, bound)

    def forward(self, x):
        x = self.top(self.blocks(self.stem(x)))
        return self.classifier(x.mean((2, 3)))
