# bench: class=DoubleQ input=randn:128,11+randn:128,3 loss=mse
import torch
import torch.nn as nn


def mlp(sizes, activation, output_activation=nn.Identity):
    layers = []
    for j in range(len(sizes) - 1):
        act = activation if j < len(sizes) - 2 else output_activation
        layers += [nn.Linear(sizes[j], sizes[j + 1]), act()]
    return nn.Sequential(*layers)


class DoubleQ(nn.Module):
    def __init__(self, obs_dim=11, act_dim=3, hidden_sizes=(64, 64)):
        super().__init__()
        self.q1 = mlp([obs_dim + act_dim] + list(hidden_sizes) + [1], nn.ReLU)
        self.q2 = mlp([obs_dim + act_dim] + list(hidden_sizes) + [1], nn.ReLU)

    def forward(self, obs, act):
        x = torch.cat([obs, act], dim=-1)
        return torch.cat([self.q1(x), self.q2(x)], dim=-1)
