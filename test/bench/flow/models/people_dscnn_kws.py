# bench: class=DSCNN input=randn:8,1,40,64 loss=ce
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import List

import torch
from torch import nn


@dataclass
class DSCNNConfig:
    in_channels: int = 1
    widths: List[int] = field(default_factory=lambda: [32, 32, 48, 48])
    num_classes: int = 12
    dropout: float = 0.2


def ds_block(cin: int, cout: int) -> nn.Sequential:
    return nn.Sequential(OrderedDict([
        ("dw", nn.Conv2d(cin, cin, 3, padding=1, groups=cin, bias=False)),
        ("bn1", nn.BatchNorm2d(cin)),
        ("act1", nn.ReLU(inplace=True)),
        ("pw", nn.Conv2d(cin, cout, 1, bias=False)),
        ("bn2", nn.BatchNorm2d(cout)),
        ("act2", nn.ReLU(inplace=True)),
    ]))


class DSCNN(nn.Module):
    def __init__(self, cfg: DSCNNConfig = DSCNNConfig()):
        super().__init__()
        c0 = cfg.widths[0]
        self.stem = nn.Sequential(OrderedDict([
            ("conv", nn.Conv2d(cfg.in_channels, c0, kernel_size=(10, 4), stride=(2, 2), padding=(5, 1), bias=False)),
            ("bn", nn.BatchNorm2d(c0)),
            ("act", nn.ReLU(inplace=True)),
        ]))
        self.blocks = nn.Sequential(*[ds_block(a, b) for a, b in zip(cfg.widths[:-1], cfg.widths[1:])])
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.drop = nn.Dropout(cfg.dropout)
        self.classifier = nn.Linear(cfg.widths[-1], cfg.num_classes)

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        x = self.blocks(self.stem(mel))
        x = self.pool(x).squeeze(-1).squeeze(-1)
        return self.classifier(self.drop(x))
