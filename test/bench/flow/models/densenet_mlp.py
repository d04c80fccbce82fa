# bench: class=DenseMLP input=randn:64,40 loss=ce
import torch
import torch.nn as nn


class DenseMLP(nn.Module):
    """Every layer sees all earlier outputs."""

    def __init__(self, inputs=40, growth=24, depth=8, classes=5):
        super().__init__()
        self.layers = nn.ModuleList()
        width = inputs
        for _ in range(depth):
            self.layers.append(nn.Sequential(nn.Linear(width, growth), nn.ReLU()))
            width += growth
        self.out = nn.Linear(width, classes)

    def forward(self, x):
        feats = [x]
        for layer in self.layers:
            feats.append(layer(torch.cat(feats, dim=1)))
        return self.out(torch.cat(feats, 1))
