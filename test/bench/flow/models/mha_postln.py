# bench: class=Model input=randn:16,20,48 loss=ce
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.attn = nn.MultiheadAttention(d, 4, batch_first=True)
        self.norm1 = nn.LayerNorm(d)
        self.norm2 = nn.LayerNorm(d)
        self.ff = nn.Sequential(nn.Linear(d, 4 * d), nn.ReLU(), nn.Linear(4 * d, d))

    def forward(self, x):
        a, _ = self.attn(x, x, x, need_weights=False)
        x = self.norm1(x + a)
        return self.norm2(x + self.ff(x))


class Model(nn.Module):
    def __init__(self, d=48, n=6):
        super().__init__()
        self.layers = nn.ModuleList([Layer(d) for _ in range(n)])
        self.out = nn.Linear(d, 6)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.out(x)
