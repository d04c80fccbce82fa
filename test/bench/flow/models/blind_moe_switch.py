# bench: class=MoEClassifier input=randn:64,20 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class Expert(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, h), nn.ReLU(), nn.Linear(h, d))

    def forward(self, x):
        return self.net(x)


class SoftMoE(nn.Module):
    """All experts run; the gate mixes their outputs."""

    def __init__(self, d, h, n_experts):
        super().__init__()
        self.gate = nn.Linear(d, n_experts, bias=False)
        self.experts = nn.ModuleList([Expert(d, h) for _ in range(n_experts)])

    def forward(self, x):
        g = F.softmax(self.gate(x), dim=-1)
        outs = torch.stack([e(x) for e in self.experts], dim=1)
        return torch.einsum("be,bed->bd", g, outs)


class MoEClassifier(nn.Module):
    def __init__(self, in_dim=20, d=32, h=64, n_experts=4, n_layers=3, n_classes=6):
        super().__init__()
        self.inp = nn.Linear(in_dim, d)
        self.layers = nn.ModuleList()
        self.norms = nn.ModuleList()
        for _ in range(n_layers):
            self.layers.append(SoftMoE(d, h, n_experts))
            self.norms.append(nn.LayerNorm(d))
        self.out = nn.Linear(d, n_classes)

    def forward(self, x):
        x = self.inp(x)
        for moe, norm in zip(self.layers, self.norms):
            x = norm(x + moe(x))
        return self.out(x)
