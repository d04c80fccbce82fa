# bench: class=Agent make=make input=randn:64,17 loss=mse
from types import SimpleNamespace
import numpy as np
import torch
import torch.nn as nn


def layer_init(layer, std=np.sqrt(2), bias_const=0.0):
    torch.nn.init.orthogonal_(layer.weight, std)
    torch.nn.init.constant_(layer.bias, bias_const)
    return layer


class Agent(nn.Module):
    def __init__(self, envs):
        super().__init__()
        self.critic = nn.Sequential(
            layer_init(nn.Linear(np.array(envs.single_observation_space.shape).prod(), 64)),
            nn.Tanh(),
            layer_init(nn.Linear(64, 64)),
            nn.Tanh(),
            layer_init(nn.Linear(64, 1), std=1.0))
        self.actor_mean = nn.Sequential(
            layer_init(nn.Linear(np.array(envs.single_observation_space.shape).prod(), 64)),
            nn.Tanh(),
            layer_init(nn.Linear(64, 64)),
            nn.Tanh(),
            layer_init(nn.Linear(64, 6), std=0.01))
        self.actor_logstd = nn.Parameter(torch.zeros(1, 6))

    def get_value(self, x):
        return self.critic(x)

    def forward(self, x):
        action_mean = self.actor_mean(x)
        return torch.cat([action_mean, self.get_value(x)], dim=-1)


def make():
    return Agent(SimpleNamespace(single_observation_space=SimpleNamespace(shape=(17,))))
