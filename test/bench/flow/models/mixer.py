# bench: class=Mixer input=randn:16,3,32,32 loss=ce
import torch
import torch.nn as nn


def mlp(dim, hidden):
    return nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, dim))


class MixerBlock(nn.Module):
    def __init__(self, tokens, dim):
        super().__init__()
        self.ln1 = nn.LayerNorm(dim)
        self.token = mlp(tokens, 32)
        self.ln2 = nn.LayerNorm(dim)
        self.channel = mlp(dim, 128)

    def forward(self, x):
        y = self.ln1(x).transpose(1, 2)
        x = x + self.token(y).transpose(1, 2)
        return x + self.channel(self.ln2(x))


class Mixer(nn.Module):
    def __init__(self, dim=64, depth=4):
        super().__init__()
        self.embed = nn.Conv2d(3, dim, 8, 8)
        self.blocks = nn.Sequential(*(MixerBlock(16, dim) for _ in range(depth)))
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, 10)

    def forward(self, x):
        x = self.embed(x)
        x = x.flatten(2).transpose(1, 2)
        x = self.norm(self.blocks(x))
        return self.head(x.mean(1))
