# bench: class=Denoiser input=randn:64,2+randn:64 loss=mse
import torch
import torch.nn as nn


class FiLMBlock(nn.Module):
    def __init__(self, width, cond):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.lin1 = nn.Linear(width, width)
        self.film = nn.Linear(cond, 2 * width)
        self.act = nn.SiLU()
        self.lin2 = nn.Linear(width, width)

    def forward(self, x, c):
        scale, shift = self.film(c).chunk(2, dim=-1)
        h = self.lin1(self.norm(x))
        h = h * (1 + scale) + shift
        return x + self.lin2(self.act(h))


class Denoiser(nn.Module):
    def __init__(self, data_dim=2, width=64, cond=32, depth=4):
        super().__init__()
        self.register_buffer("freqs", torch.randn(cond // 2))
        self.inp = nn.Linear(data_dim, width)
        self.blocks = nn.ModuleList([FiLMBlock(width, cond) for _ in range(depth)])
        self.out = nn.Linear(width, data_dim)

    def forward(self, x, t):
        arg = t.unsqueeze(-1) * self.freqs
        c = torch.cat([torch.sin(arg), torch.cos(arg)], dim=-1)
        h = self.inp(x)
        for block in self.blocks:
            h = block(h, c)
        return self.out(h)
