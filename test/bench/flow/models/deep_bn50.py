# bench: class=Stack input=randn:64,64 loss=ce
import torch.nn as nn


class Stack(nn.Sequential):
    def __init__(self, depth=40, width=64):
        layers = []
        for _ in range(depth):
            layers += [nn.Linear(width, width, bias=False), nn.BatchNorm1d(width), nn.ReLU()]
        layers += [nn.Linear(width, 10)]
        super().__init__(*layers)
