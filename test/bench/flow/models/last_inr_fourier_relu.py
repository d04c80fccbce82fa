# bench: class=FourierNet input=randn:128,2 loss=mse
import numpy as np
import torch
import torch.nn as nn


class FourierNet(nn.Module):
    def __init__(self, in_dim=2, mapping=32, scale=4, hidden=64, layers=4, out=3):
        super().__init__()
        self.register_buffer("B", torch.randn(in_dim, mapping) * scale)
        width = 2 * mapping
        body = []
        for _ in range(layers):
            body += [nn.Linear(width, hidden), nn.ReLU()]
            width = hidden
        self.body = nn.Sequential(*body)
        self.out = nn.Linear(hidden, out)

    def forward(self, xy):
        proj = 2 * np.pi * xy @ self.B
        feats = torch.cat([proj.sin(), proj.cos()], dim=-1)
        return torch.sigmoid(self.out(self.body(feats)))
