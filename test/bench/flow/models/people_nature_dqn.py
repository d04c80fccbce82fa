# bench: class=DQN make=build input=randn:8,4,84,84 loss=mse
import argparse

import numpy as np
import torch
import torch.nn as nn


def parse_args(argv=None):
    parser = argparse.ArgumentParser(description='DQN')
    parser.add_argument('--hidden', type=int, default=128)
    parser.add_argument('--actions', type=int, default=6)
    parser.add_argument('--stack', '-s', type=int, default=4)
    parser.add_argument('--lr', type=float, default=1e-4)
    return parser.parse_args(argv)


class DQN(nn.Module):
    def __init__(self, input_shape, n_actions, hidden=512):
        super(DQN, self).__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(input_shape[0], 16, kernel_size=8, stride=4),
            nn.ReLU(),
            nn.Conv2d(16, 32, kernel_size=4, stride=2),
            nn.ReLU(),
            nn.Conv2d(32, 32, kernel_size=3, stride=1),
            nn.ReLU()
        )
        conv_out_size = self._get_conv_out(input_shape)
        self.fc = nn.Sequential(
            nn.Linear(conv_out_size, hidden),
            nn.ReLU(),
            nn.Linear(hidden, n_actions)
        )

    def _get_conv_out(self, shape):
        o = self.conv(torch.zeros(1, *shape))
        return int(np.prod(o.size()))

    def forward(self, x):
        conv_out = self.conv(x).view(x.size()[0], -1)
        return self.fc(conv_out)


def build():
    args = parse_args([])
    net = DQN((args.stack, 84, 84), args.actions, hidden=args.hidden)
    return net
