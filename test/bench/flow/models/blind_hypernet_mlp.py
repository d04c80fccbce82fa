# bench: class=HyperMLP input=randn:32,10+randn:32,4 loss=mse
import torch
import torch.nn as nn


class HyperMLP(nn.Module):
    """A small network whose weights come from another one, one set per sample."""

    def __init__(self, in_dim=10, hidden=16, out_dim=1, cond_dim=4):
        super().__init__()
        self.shapes = [(hidden, in_dim), (hidden, hidden), (out_dim, hidden)]
        self.trunk = nn.Sequential(nn.Linear(cond_dim, 32), nn.ELU(), nn.Linear(32, 32), nn.ELU())
        self.weight_heads = nn.ModuleList([nn.Linear(32, o * i) for o, i in self.shapes])
        self.bias_heads = nn.ModuleList([nn.Linear(32, o) for o, _ in self.shapes])

    def forward(self, x, cond):
        z = self.trunk(cond)
        h = x.unsqueeze(-1)
        for idx, (o, i) in enumerate(self.shapes):
            w = self.weight_heads[idx](z).view(-1, o, i)
            b = self.bias_heads[idx](z).view(-1, o, 1)
            h = torch.baddbmm(b, w, h)
            if idx < len(self.shapes) - 1:
                h = torch.tanh(h)
        return h.squeeze(-1)
