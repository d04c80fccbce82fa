# bench: class=NormalizingFlow input=randn:64,8 loss=mse
import torch
import torch.nn as nn


class AffineCoupling(nn.Module):
    def __init__(self, dim, hidden, mask):
        super().__init__()
        self.register_buffer("mask", mask)
        self.s = nn.Sequential(nn.Linear(dim, hidden), nn.LeakyReLU(0.2), nn.Linear(hidden, hidden),
                               nn.LeakyReLU(0.2), nn.Linear(hidden, dim), nn.Tanh())
        self.t = nn.Sequential(nn.Linear(dim, hidden), nn.LeakyReLU(0.2), nn.Linear(hidden, hidden),
                               nn.LeakyReLU(0.2), nn.Linear(hidden, dim))

    def forward(self, x):
        x_masked = x * self.mask
        s = self.s(x_masked) * (1 - self.mask)
        t = self.t(x_masked) * (1 - self.mask)
        z = x_masked + (1 - self.mask) * (x * torch.exp(s) + t)
        return z, s.sum(dim=1)


class NormalizingFlow(nn.Module):
    def __init__(self, dim=8, hidden=64, n_flows=6):
        super().__init__()
        base = torch.arange(dim) % 2
        masks = [base.float() if i % 2 == 0 else 1 - base.float() for i in range(n_flows)]
        self.flows = nn.ModuleList([AffineCoupling(dim, hidden, m) for m in masks])

    def forward(self, x):
        log_det = torch.zeros(x.shape[0])
        for flow in self.flows:
            x, ld = flow(x)
            log_det += ld
        return x, log_det
