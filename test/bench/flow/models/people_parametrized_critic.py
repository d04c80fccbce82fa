# bench: class=Critic input=randn:64,12+randn:64,3 loss=mse
import torch
import torch.nn as nn
from torch.nn.utils.parametrizations import orthogonal, spectral_norm


class Critic(nn.Module):
    def __init__(self, obs=12, act=3, width=128, depth=4):
        super().__init__()
        self.first = nn.Linear(obs + act, width)
        self.hidden = nn.ModuleList([spectral_norm(nn.Linear(width, width)) for _ in range(depth)])
        self.mix = orthogonal(nn.Linear(width, width, bias=False))
        self.out = nn.Linear(width, 1)
        nn.init.uniform_(self.out.weight, -3e-3, 3e-3)
        nn.init.zeros_(self.out.bias)

    def forward(self, obs, act):
        h = torch.relu(self.first(torch.cat((obs, act), -1)))
        for layer in self.hidden:
            h = torch.relu(layer(h))
        return self.out(self.mix(h)).squeeze(-1)
