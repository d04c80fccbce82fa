# bench: class=Mixer input=randn:16,3,32,32 loss=ce
from dataclasses import dataclass, field

import torch
from torch import nn, Tensor


@dataclass(frozen=True)
class MixerConfig:
    image_size: int = 32
    patch: int = 8
    dim: int = 48
    token_hidden: int = 24
    channel_hidden: int = 96
    depth: int = 4
    classes: int = 10

    @property
    def tokens(self) -> int:
        return (self.image_size // self.patch) ** 2


class Mlp(nn.Module):
    def __init__(self, dim: int, hidden: int):
        super().__init__()
        self.a = nn.Linear(dim, hidden)
        self.act = nn.GELU()
        self.b = nn.Linear(hidden, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.b(self.act(self.a(x)))


class MixerBlock(nn.Module):
    def __init__(self, cfg: MixerConfig):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(cfg.dim), nn.LayerNorm(cfg.dim)
        self.tok = Mlp(cfg.tokens, cfg.token_hidden)
        self.ch = Mlp(cfg.dim, cfg.channel_hidden)

    def forward(self, x: Tensor) -> Tensor:
        y = self.n1(x).mT
        x = x + self.tok(y).mT
        return x + self.ch(self.n2(x))


class Mixer(nn.Module):
    def __init__(self, cfg: MixerConfig = MixerConfig()):
        super().__init__()
        self.cfg = cfg
        self.embed = nn.Linear(3 * cfg.patch * cfg.patch, cfg.dim)
        self.blocks = nn.Sequential(*(MixerBlock(cfg) for _ in range(cfg.depth)))
        self.norm = nn.LayerNorm(cfg.dim)
        self.head = nn.Linear(cfg.dim, cfg.classes)

    def patches(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        p = self.cfg.patch
        x = x.reshape(b, c, h // p, p, w // p, p)
        return x.permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(self.embed(self.patches(x)))
        return self.head(self.norm(x).mean(1))
