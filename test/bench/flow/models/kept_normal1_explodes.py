# bench: class=PolicyNet make=make input=randn:64,30 loss=mse
import torch
from torch import nn


class PolicyNet(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden_sizes=(64, 64, 64, 64, 64, 64)):
        super().__init__()
        dims = [obs_dim] + list(hidden_sizes)
        self.layers = nn.ModuleList()
        for i in range(len(dims) - 1):
            self.layers.append(nn.Linear(dims[i], dims[i + 1]))
        self.mu = nn.Linear(dims[-1], act_dim)
        self.log_std = nn.Parameter(torch.zeros(act_dim))

    def forward(self, obs):
        h = obs
        for layer in self.layers:
            h = nn.functional.leaky_relu(layer(h), negative_slope=0.2)
        return self.mu(h)


def weights_init_(m):
    if isinstance(m, nn.Linear):
        m.weight.data.normal_(0.0, 1.0)
        m.bias.data.fill_(0)


def make():
    net = PolicyNet(30, 4)
    net.apply(weights_init_)
    return net
