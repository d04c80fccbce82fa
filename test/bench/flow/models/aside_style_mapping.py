# bench: class=StyledGenerator input=randn:8,64 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


class PixelNorm(nn.Module):
    def forward(self, x):
        return x / torch.sqrt(torch.mean(x ** 2, dim=1, keepdim=True) + 1e-8)


class EqualLinear(nn.Module):
    def __init__(self, i, o, lr_mul=1.0, bias=0.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(o, i).div_(lr_mul))
        self.bias = nn.Parameter(torch.full((o,), float(bias)))
        self.scale = (1 / i ** 0.5) * lr_mul
        self.lr_mul = lr_mul

    def forward(self, x):
        return F.linear(x, self.weight * self.scale, self.bias * self.lr_mul)


class StyledConv(nn.Module):
    def __init__(self, cin, cout, style, up=False):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, padding=1)
        self.style = EqualLinear(style, cout * 2)
        self.noise = nn.Parameter(torch.zeros(1))
        self.up = up

    def forward(self, x, w):
        if self.up:
            x = F.interpolate(x, scale_factor=2, mode='nearest')
        x = self.conv(x)
        x = x + self.noise * torch.randn(x.shape[0], 1, x.shape[2], x.shape[3])
        x = F.leaky_relu(x, 0.2)
        gamma, beta = self.style(w).unsqueeze(2).unsqueeze(3).chunk(2, 1)
        return (gamma + 1) * F.instance_norm(x) + beta


class StyledGenerator(nn.Module):
    def __init__(self, z=64, n_map=4, channels=(64, 32, 16)):
        super().__init__()
        self.mapping = nn.Sequential(PixelNorm(), *[m for _ in range(n_map) for m in (EqualLinear(z, z, lr_mul=0.01), nn.LeakyReLU(0.2))])
        self.const = nn.Parameter(torch.randn(1, channels[0], 4, 4))
        self.convs = nn.ModuleList(
            [StyledConv(channels[0], channels[0], z)] +
            [StyledConv(a, b, z, up=True) for a, b in zip(channels, channels[1:])])
        self.to_rgb = nn.Conv2d(channels[-1], 3, 1)

    def forward(self, z):
        w = self.mapping(z)
        x = self.const.repeat(z.size(0), 1, 1, 1)
        for conv in self.convs:
            x = conv(x, w)
        return self.to_rgb(x)
