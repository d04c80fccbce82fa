# bench: class=ResDiscriminator input=randn:8,3,32,32 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import spectral_norm as SN


def conv(i, o, k=3, p=1):
    c = nn.Conv2d(i, o, k, padding=p)
    nn.init.xavier_uniform_(c.weight, gain=2 ** 0.5 if k == 3 else 1.0)
    nn.init.zeros_(c.bias)
    return SN(c)


class DBlock(nn.Module):
    def __init__(self, i, o, down=True, first=False):
        super().__init__()
        self.c1, self.c2 = conv(i, o), conv(o, o)
        self.sc = conv(i, o, 1, 0) if (i != o or down) else None
        self.down, self.first = down, first

    def shortcut(self, x):
        if self.first:
            x = F.avg_pool2d(x, 2) if self.down else x
            return self.sc(x)
        if self.sc is not None:
            x = self.sc(x)
        return F.avg_pool2d(x, 2) if self.down else x

    def forward(self, x):
        h = x if self.first else F.relu(x)
        h = self.c2(F.relu(self.c1(h)))
        if self.down:
            h = F.avg_pool2d(h, 2)
        return h + self.shortcut(x)


class ResDiscriminator(nn.Module):
    def __init__(self, ch=32):
        super().__init__()
        self.body = nn.Sequential(
            DBlock(3, ch, True, True), DBlock(ch, ch), DBlock(ch, ch, False), DBlock(ch, ch, False))
        self.l5 = SN(nn.Linear(ch, 1, bias=False))
        nn.init.xavier_uniform_(self.l5.weight_orig)

    def forward(self, x):
        h = F.relu(self.body(x))
        h = torch.sum(h, dim=(2, 3))
        return self.l5(h)
