# bench: class=ResMLP make=create_model input=randn:64,40 loss=ce
from typing import Callable, NamedTuple

import torch
import torch.nn as nn


class Hyper(NamedTuple):
    width: int = 96
    depth: int = 12
    classes: int = 10


class ResidualBlock(nn.Module):
    def __init__(self, width: int, act: Callable[[torch.Tensor], torch.Tensor] = torch.relu):
        super().__init__()
        self.first = nn.Linear(width, width)
        self.second = nn.Linear(width, width)
        self.act = act

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        return h + self.second(self.act(self.first(h)))


class ResMLP(nn.Module):
    def __init__(self, hp: Hyper, n_features: int):
        super().__init__()
        self.embed = nn.Linear(n_features, hp.width)
        self.trunk = nn.Sequential(*(ResidualBlock(hp.width) for _ in range(hp.depth)))
        self.head = nn.Linear(hp.width, hp.classes)

    def forward(self, x):
        return self.head(self.trunk(self.embed(x)))


def reset(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.2)
        nn.init.zeros_(module.bias)


def create_model() -> ResMLP:
    model = ResMLP(Hyper(), n_features=40)
    model.trunk.apply(reset)
    return model
