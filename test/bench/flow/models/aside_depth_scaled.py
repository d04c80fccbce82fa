# bench: class=Tower input=randn:64,32 loss=ce
import math
import torch
from torch import nn


class Tower(nn.Module):
    """Plain tanh tower whose initial std shrinks with depth."""

    def __init__(self, width=64, depth=14, gain=1.2):
        super().__init__()
        dims = [32] + depth * [width]
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        for l, (i, o) in enumerate(zip(dims, dims[1:])):
            std = gain / math.sqrt(i) / (1 + 0.05 * l)
            self.weights.append(nn.Parameter(torch.empty(o, i).normal_(std=std)))
            self.biases.append(nn.Parameter(torch.zeros(o)))
        self.readout = nn.Linear(width, 8)
        with torch.no_grad():
            self.readout.weight.mul_(0.5)

    def forward(self, x):
        for W, b in zip(self.weights, self.biases):
            x = torch.tanh(nn.functional.linear(x, W, b))
        return self.readout(x)
