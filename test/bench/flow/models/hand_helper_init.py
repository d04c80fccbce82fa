# bench: class=Policy make=make_policy input=randn:16,4,42,42 loss=ce
import torch
from torch import nn

from helpers.hands_init import Initializer


class Policy(nn.Module):
    def __init__(self, frames=4, actions=6):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(frames, 32, 3, stride=2, padding=1), nn.ELU(),
            nn.Conv2d(32, 32, 3, stride=2, padding=1), nn.ELU(),
            nn.Conv2d(32, 32, 3, stride=2, padding=1), nn.ELU(),
            nn.Conv2d(32, 32, 3, stride=2, padding=1), nn.ELU(),
        )
        with torch.no_grad():
            n = self.trunk(torch.zeros(1, frames, 42, 42)).flatten(1).shape[1]
        self.core = nn.Linear(n, 128)
        self.pi = nn.Linear(128, actions)
        self.apply(Initializer('orthogonal', gain=2 ** 0.5))
        Initializer('truncated', gain=0.01)(self.pi)

    def forward(self, obs):
        z = self.trunk(obs).flatten(1)
        z = torch.relu(self.core(z))
        return self.pi(z)


def make_policy():
    return Policy()
