# bench: class=ActorCritic input=randn:64,8 loss=mse
from typing import Tuple

import numpy as np
import torch
import torch.nn as nn


def layer_init(layer, std=np.sqrt(2), bias_const=0.0):
    torch.nn.init.orthogonal_(layer.weight, std)
    torch.nn.init.constant_(layer.bias, bias_const)
    return layer


class ActorCritic(nn.Module):
    def __init__(self, obs_dim: int = 8, act_dim: int = 2, hidden: Tuple[int, ...] = (64, 64, 64)):
        super().__init__()
        dims = (obs_dim, *hidden)
        self.trunk = nn.Sequential(
            *(m for i, o in zip(dims[:-1], dims[1:]) for m in (layer_init(nn.Linear(i, o)), nn.Tanh()))
        )
        self.mean = layer_init(nn.Linear(dims[-1], act_dim), std=0.01)
        self.log_std = nn.Parameter(torch.zeros(1, act_dim))
        self.value = layer_init(nn.Linear(dims[-1], 1), std=1.0)

    def forward(self, obs):
        h = self.trunk(obs)
        mean = self.mean(h)
        std = self.log_std.expand_as(mean).exp()
        return mean, std, self.value(h).flatten()
