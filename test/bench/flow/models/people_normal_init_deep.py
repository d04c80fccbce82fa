# bench: class=DeepRegressor input=randn:64,20 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


class DeepRegressor(nn.Module):
    """Someone initialised every matrix with a standard normal."""

    def __init__(self, n_in=20, n_hidden=128, n_layers=8):
        super().__init__()
        self.inp = nn.Linear(n_in, n_hidden)
        self.hid = nn.ModuleList([nn.Linear(n_hidden, n_hidden) for _ in range(n_layers)])
        self.out = nn.Linear(n_hidden, 1)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.3)
            else:
                nn.init.zeros_(p)

    def forward(self, x):
        x = F.relu(self.inp(x))
        for i, layer in enumerate(self.hid):
            x = F.relu(layer(x)) if i % 2 == 0 else torch.tanh(layer(x))
        return self.out(x)
