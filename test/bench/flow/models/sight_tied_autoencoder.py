# bench: class=TiedAE input=randn:64,40 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


class TiedAE(nn.Module):
    def __init__(self, sizes=[40, 32, 24, 12]):
        super().__init__()
        self.enc = nn.ModuleList([nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])])
        self.bias = nn.ParameterList([nn.Parameter(torch.zeros(s)) for s in reversed(sizes[:-1])])

    def forward(self, x):
        for layer in self.enc:
            x = torch.tanh(layer(x))
        for layer, b in zip(reversed(self.enc), self.bias):
            x = F.linear(x, layer.weight.t(), b)
            if b is not self.bias[-1]:
                x = torch.tanh(x)
        return x
