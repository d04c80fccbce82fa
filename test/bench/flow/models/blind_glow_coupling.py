# bench: class=Flow input=randn:64,8 loss=mse
import torch
from torch import nn


class Coupling(nn.Module):
    def __init__(self, dim, hidden, flip):
        super().__init__()
        self.flip = flip
        half = dim // 2
        self.s = nn.Sequential(nn.Linear(half, hidden), nn.Tanh(), nn.Linear(hidden, half), nn.Tanh())
        self.t = nn.Sequential(nn.Linear(half, hidden), nn.ReLU(), nn.Linear(hidden, half))

    def forward(self, x):
        a, b = x.chunk(2, dim=-1)
        if self.flip:
            a, b = b, a
        s, t = self.s(a), self.t(a)
        b = b * torch.exp(s) + t
        if self.flip:
            a, b = b, a
        return torch.cat([a, b], dim=-1), s.sum(-1)


class ActNorm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.loc = nn.Parameter(torch.zeros(dim))
        self.log_scale = nn.Parameter(torch.zeros(dim))

    def forward(self, x):
        return (x + self.loc) * self.log_scale.exp(), self.log_scale.sum().expand(x.shape[0])


class Flow(nn.Module):
    def __init__(self, dim=8, hidden=64, n_layers=6):
        super().__init__()
        steps = []
        for i in range(n_layers):
            steps.extend([ActNorm(dim), Coupling(dim, hidden, flip=bool(i % 2))])
        self.steps = nn.ModuleList(steps)

    def forward(self, x):
        log_det = x.new_zeros(x.shape[0])
        for step in self.steps:
            x, ld = step(x)
            log_det = log_det + ld
        return x, log_det
