# bench: class=Net input=randn:64,32 loss=mse
import math

import torch
from torch import nn


def make_linear(n_in, n_out, gain=2.0):
    layer = nn.Linear(n_in, n_out)
    with torch.no_grad():
        layer.weight.normal_(0, gain * math.sqrt(2 / n_in))
        layer.bias.zero_()
    return layer


class ResidualMLP(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.f = make_linear(d, d)

    def forward(self, x):
        return x + torch.relu(self.f(x))


class Net(nn.Module):
    def __init__(self, n=14, d=48):
        super().__init__()
        self.input = make_linear(32, d)
        self.trunk = nn.Sequential(*[ResidualMLP(d) for _ in range(n)])
        self.output = make_linear(d, 1)

    def forward(self, x):
        return self.output(self.trunk(self.input(x)))
