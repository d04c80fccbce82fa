# bench: class=Generator input=randn:8,32 loss=mse
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class EqualLinear(nn.Module):
    def __init__(self, in_dim, out_dim, lr_mul=1.0, bias_init=0.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_dim, in_dim).div_(lr_mul))
        self.bias = nn.Parameter(torch.zeros(out_dim).fill_(bias_init))
        self.scale = (1 / math.sqrt(in_dim)) * lr_mul
        self.lr_mul = lr_mul

    def forward(self, x):
        return F.linear(x, self.weight * self.scale, bias=self.bias * self.lr_mul)


class ModulatedConv2d(nn.Module):
    def __init__(self, in_ch, out_ch, kernel, style_dim, demodulate=True, upsample=False):
        super().__init__()
        self.out_ch, self.kernel = out_ch, kernel
        self.scale = 1 / math.sqrt(in_ch * kernel ** 2)
        self.padding = kernel // 2
        self.weight = nn.Parameter(torch.randn(1, out_ch, in_ch, kernel, kernel))
        self.modulation = EqualLinear(style_dim, in_ch, bias_init=1)
        self.demodulate, self.upsample = demodulate, upsample

    def forward(self, x, style):
        if self.upsample:
            x = F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)
        batch, in_ch, height, width = x.shape
        style = self.modulation(style).view(batch, 1, in_ch, 1, 1)
        weight = self.scale * self.weight * style
        if self.demodulate:
            demod = torch.rsqrt(weight.pow(2).sum([2, 3, 4]) + 1e-8)
            weight = weight * demod.view(batch, self.out_ch, 1, 1, 1)
        weight = weight.view(batch * self.out_ch, in_ch, self.kernel, self.kernel)
        x = x.reshape(1, batch * in_ch, height, width)
        out = F.conv2d(x, weight, padding=self.padding, groups=batch)
        return out.view(batch, self.out_ch, height, width)


class StyledLayer(nn.Module):
    def __init__(self, i, o, style_dim, upsample=False):
        super().__init__()
        self.conv = ModulatedConv2d(i, o, 3, style_dim, upsample=upsample)
        self.bias = nn.Parameter(torch.zeros(1, o, 1, 1))

    def forward(self, x, style):
        return F.leaky_relu(self.conv(x, style) + self.bias, 0.2) * math.sqrt(2)


class Generator(nn.Module):
    def __init__(self, z_dim=32, style_dim=32, n_mlp=4, channels=(32, 16, 16)):
        super().__init__()
        self.mapping = nn.ModuleList([EqualLinear(z_dim if i == 0 else style_dim, style_dim, lr_mul=0.01) for i in range(n_mlp)])
        self.const = nn.Parameter(torch.randn(1, channels[0], 4, 4))
        self.conv1 = StyledLayer(channels[0], channels[0], style_dim)
        self.layers = nn.ModuleList()
        for i, o in zip(channels, channels[1:]):
            self.layers.append(StyledLayer(i, o, style_dim, upsample=True))
            self.layers.append(StyledLayer(o, o, style_dim))
        self.to_rgb = ModulatedConv2d(channels[-1], 3, 1, style_dim, demodulate=False)

    def forward(self, z):
        w = z * torch.rsqrt(torch.mean(z ** 2, dim=1, keepdim=True) + 1e-8)
        for layer in self.mapping:
            w = F.leaky_relu(layer(w), 0.2) * math.sqrt(2)
        x = self.const.repeat(z.shape[0], 1, 1, 1)
        x = self.conv1(x, w)
        for layer in self.layers:
            x = layer(x, w)
        return self.to_rgb(x, w)
