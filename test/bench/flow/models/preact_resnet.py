# bench: class=PreActNet input=randn:32,3,16,16 loss=ce
import torch
from torch import nn
import torch.nn.functional as F


class PreAct(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm_a = nn.GroupNorm(4, channels)
        self.conv_a = nn.Conv2d(channels, channels, 3, padding="same")
        self.norm_b = nn.GroupNorm(4, channels)
        self.conv_b = nn.Conv2d(channels, channels, 3, padding="same")

    def forward(self, x):
        h = self.conv_a(F.silu(self.norm_a(x)))
        h = self.conv_b(F.silu(self.norm_b(h)))
        return x + h


class PreActNet(nn.Module):
    def __init__(self, channels=24, blocks=6):
        super().__init__()
        self.stem = nn.Conv2d(3, channels, 3, padding=1)
        self.blocks = nn.ModuleList(PreAct(channels) for _ in range(blocks))
        self.norm = nn.GroupNorm(4, channels)
        self.head = nn.Linear(channels, 10)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        x = F.silu(self.norm(x)).mean([2, 3])
        return self.head(x)
