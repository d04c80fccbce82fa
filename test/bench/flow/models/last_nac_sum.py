# bench: class=NALUNet input=randn:64,10 loss=mse
import math
import torch
from torch import nn
import torch.nn.functional as F


class NAC(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.W_hat = nn.Parameter(torch.Tensor(n_out, n_in))
        self.M_hat = nn.Parameter(torch.Tensor(n_out, n_in))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.W_hat, a=math.sqrt(5))
        nn.init.kaiming_uniform_(self.M_hat, a=math.sqrt(5))

    def forward(self, x):
        W = torch.tanh(self.W_hat) * torch.sigmoid(self.M_hat)
        return F.linear(x, W)


class NALUNet(nn.Module):
    def __init__(self, dims=(10, 24, 24, 24, 1)):
        super().__init__()
        layers = []
        for a, b in zip(dims, dims[1:]):
            layers.append(NAC(a, b))
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)
