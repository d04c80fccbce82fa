# bench: class=RealNVP input=randn:128,6 loss=mse
import torch
import torch.nn as nn


class CouplingLayer(nn.Module):
    def __init__(self, dim, hidden, flip):
        super().__init__()
        self.flip = flip
        self.half = dim // 2
        self.s = nn.Sequential(nn.Linear(self.half, hidden), nn.LeakyReLU(), nn.Linear(hidden, hidden), nn.LeakyReLU(),
                               nn.Linear(hidden, self.half), nn.Tanh())
        self.t = nn.Sequential(nn.Linear(self.half, hidden), nn.LeakyReLU(), nn.Linear(hidden, hidden), nn.LeakyReLU(),
                               nn.Linear(hidden, self.half))

    def forward(self, x):
        x0, x1 = x[:, :self.half], x[:, self.half:]
        if self.flip:
            x0, x1 = x1, x0
        s, t = self.s(x0), self.t(x0)
        z1 = x1 * torch.exp(s) + t
        out = torch.cat([z1, x0], dim=1) if self.flip else torch.cat([x0, z1], dim=1)
        return out, s.sum(dim=1)


class RealNVP(nn.Module):
    def __init__(self, dim=6, hidden=48, n_layers=4):
        super().__init__()
        self.layers = nn.ModuleList([CouplingLayer(dim, hidden, i % 2 == 1) for i in range(n_layers)])

    def forward(self, x):
        log_det = 0
        for layer in self.layers:
            x, ld = layer(x)
            log_det = log_det + ld
        return x, log_det
