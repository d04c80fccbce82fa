# bench: class=KAN input=randn:64,8 loss=mse
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class RadialBasis(nn.Module):
    def __init__(self, grid_min=-2., grid_max=2., num_grids=8):
        super().__init__()
        grid = torch.linspace(grid_min, grid_max, num_grids)
        self.grid = nn.Parameter(grid, requires_grad=False)
        self.denominator = (grid_max - grid_min) / (num_grids - 1)

    def forward(self, x):
        return torch.exp(-((x[..., None] - self.grid) / self.denominator) ** 2)


class KANLayer(nn.Module):
    def __init__(self, input_dim, output_dim, num_grids=8, spline_weight_init_scale=0.1):
        super().__init__()
        self.layernorm = nn.LayerNorm(input_dim)
        self.rbf = RadialBasis(num_grids=num_grids)
        self.spline_linear = nn.Linear(input_dim * num_grids, output_dim, bias=False)
        nn.init.trunc_normal_(self.spline_linear.weight, mean=0, std=spline_weight_init_scale)
        self.base_linear = nn.Linear(input_dim, output_dim)

    def forward(self, x):
        spline_basis = self.rbf(self.layernorm(x))
        ret = self.spline_linear(spline_basis.view(*spline_basis.shape[:-2], -1))
        base = self.base_linear(F.silu(x))
        return ret + base


class KAN(nn.Module):
    def __init__(self, layers_hidden=(8, 32, 32, 1), num_grids=8):
        super().__init__()
        self.layers = nn.ModuleList([KANLayer(i, o, num_grids) for i, o in zip(layers_hidden[:-1], layers_hidden[1:])])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
