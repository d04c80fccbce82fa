# bench: class=Flow input=randn:64,6 loss=mse
import torch
import torch.nn as nn


class Coupling(nn.Module):
    def __init__(self, dim, hidden, flip):
        super().__init__()
        self.flip = flip
        self.half = dim // 2
        self.s = nn.Sequential(nn.Linear(self.half, hidden), nn.LeakyReLU(), nn.Linear(hidden, hidden), nn.LeakyReLU(), nn.Linear(hidden, self.half), nn.Tanh())
        self.t = nn.Sequential(nn.Linear(self.half, hidden), nn.LeakyReLU(), nn.Linear(hidden, hidden), nn.LeakyReLU(), nn.Linear(hidden, self.half))

    def forward(self, x):
        a, b = x[:, :self.half], x[:, self.half:]
        if self.flip:
            a, b = b, a
        s = self.s(a)
        b = b * torch.exp(s) + self.t(a)
        if self.flip:
            a, b = b, a
        return torch.cat([a, b], dim=1), s.sum(dim=1)


class ActNorm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(dim))
        self.shift = nn.Parameter(torch.zeros(dim))

    def forward(self, x):
        return x * self.scale.exp() + self.shift, self.scale.sum()


class Flow(nn.Module):
    def __init__(self, dim=6, hidden=32, n=6):
        super().__init__()
        self.flows = nn.ModuleList()
        for i in range(n):
            self.flows += [ActNorm(dim), Coupling(dim, hidden, flip=bool(i % 2))]

    def forward(self, x):
        logdet = x.new_zeros(x.shape[0])
        for f in self.flows:
            x, ld = f(x)
            logdet = logdet + ld
        return x, logdet
