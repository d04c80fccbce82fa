# bench: class=DeepLinearNet input=randn:64,32 loss=mse
import torch.nn as nn


class DeepLinearNet(nn.Module):
    """Saxe et al.: no nonlinearity at all."""

    def __init__(self, dim=32, hidden=64, depth=16, gain=0.8):
        super().__init__()
        dims = [dim] + [hidden] * (depth - 1) + [dim]
        self.weights = nn.ModuleList([nn.Linear(a, b, bias=False) for a, b in zip(dims[:-1], dims[1:])])
        for layer in self.weights:
            nn.init.orthogonal_(layer.weight, gain=gain)

    def forward(self, x):
        for layer in self.weights:
            x = layer(x)
        return x
