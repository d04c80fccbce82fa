# bench: class=SequenceModel input=randn:8,64,3 loss=ce
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class DiagonalSSM(nn.Module):
    """A real diagonal state space, run as a scan."""

    def __init__(self, d_model, d_state=8):
        super().__init__()
        self.log_dt = nn.Parameter(torch.rand(d_model) * (math.log(0.1) - math.log(0.001)) + math.log(0.001))
        self.log_a = nn.Parameter(torch.log(0.5 * torch.ones(d_model, d_state)))
        self.B = nn.Parameter(torch.ones(d_model, d_state))
        self.C = nn.Parameter(torch.randn(d_model, d_state) / math.sqrt(d_state))
        self.D = nn.Parameter(torch.randn(d_model))

    def forward(self, u):
        dt = self.log_dt.exp()
        a = torch.exp(-self.log_a.exp() * dt.unsqueeze(-1))
        b = self.B * dt.unsqueeze(-1)
        state = torch.zeros(u.size(0), *self.B.shape)
        ys = []
        for t in range(u.size(1)):
            state = a * state + b * u[:, t].unsqueeze(-1)
            ys.append((state * self.C).sum(-1))
        y = torch.stack(ys, dim=1)
        return y + u * self.D


class SequenceModel(nn.Module):
    def __init__(self, d_in=3, d_model=32, n_layers=3, d_out=5):
        super().__init__()
        self.encoder = nn.Linear(d_in, d_model)
        self.layers = nn.ModuleList([DiagonalSSM(d_model) for _ in range(n_layers)])
        self.mix = nn.ModuleList([nn.Sequential(nn.GELU(), nn.Linear(d_model, 2 * d_model), nn.GLU(dim=-1)) for _ in range(n_layers)])
        self.norms = nn.ModuleList([nn.LayerNorm(d_model) for _ in range(n_layers)])
        self.decoder = nn.Linear(d_model, d_out)

    def forward(self, x):
        x = self.encoder(x)
        for layer, mix, norm in zip(self.layers, self.mix, self.norms):
            x = x + mix(layer(norm(x)))
        return self.decoder(x.mean(dim=1))
