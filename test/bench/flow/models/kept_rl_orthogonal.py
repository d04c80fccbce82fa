# bench: class=ActorCritic input=randn:16,4,44,44 loss=ce
import numpy as np
import torch
import torch.nn as nn


def init(module, weight_init, bias_init, gain=1):
    weight_init(module.weight.data, gain=gain)
    bias_init(module.bias.data)
    return module


class Flatten(nn.Module):
    def forward(self, x):
        return x.view(x.size(0), -1)


class CNNBase(nn.Module):
    def __init__(self, num_inputs, hidden_size=128):
        super(CNNBase, self).__init__()
        init_ = lambda m: init(m, nn.init.orthogonal_, lambda x: nn.init.constant_(x, 0), nn.init.calculate_gain('relu'))
        self.main = nn.Sequential(
            init_(nn.Conv2d(num_inputs, 16, 8, stride=4)), nn.ReLU(),
            init_(nn.Conv2d(16, 32, 4, stride=2)), nn.ReLU(),
            init_(nn.Conv2d(32, 16, 3, stride=1)), nn.ReLU(), Flatten(),
            init_(nn.Linear(16 * 2 * 2, hidden_size)), nn.ReLU())
        init_ = lambda m: init(m, nn.init.orthogonal_, lambda x: nn.init.constant_(x, 0))
        self.critic_linear = init_(nn.Linear(hidden_size, 1))

    def forward(self, inputs):
        x = self.main(inputs / 255.0)
        return self.critic_linear(x), x


class Categorical(nn.Module):
    def __init__(self, num_inputs, num_outputs):
        super(Categorical, self).__init__()
        init_ = lambda m: init(m, nn.init.orthogonal_, lambda x: nn.init.constant_(x, 0), gain=0.01)
        self.linear = init_(nn.Linear(num_inputs, num_outputs))

    def forward(self, x):
        return self.linear(x)


class ActorCritic(nn.Module):
    def __init__(self, num_actions=6):
        super().__init__()
        self.base = CNNBase(4)
        self.dist = Categorical(128, num_actions)

    def forward(self, inputs):
        value, features = self.base(inputs)
        return self.dist(features), value
