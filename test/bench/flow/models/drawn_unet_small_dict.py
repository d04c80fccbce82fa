# bench: class=UNet input=randn:8,1,32,32 loss=bce
import torch
from torch import nn


def double_conv(i, o, norm=True):
    seq = [nn.Conv2d(i, o, 3, padding=1)]
    if norm:
        seq.append(nn.GroupNorm(4, o))
    seq += [nn.LeakyReLU(0.1), nn.Conv2d(o, o, 3, padding=1), nn.LeakyReLU(0.1)]
    return nn.Sequential(*seq)


class UNet(nn.Module):
    def __init__(self, chans=(8, 16, 32, 64), out_channels=1):
        super().__init__()
        self.encoder = nn.ModuleDict()
        self.decoder = nn.ModuleDict()
        prev = 1
        for k, c in enumerate(chans):
            self.encoder[f"enc{k}"] = double_conv(prev, c)
            prev = c
        for k in reversed(range(len(chans) - 1)):
            self.decoder[f"up{k}"] = nn.ConvTranspose2d(chans[k + 1], chans[k], 2, stride=2)
            self.decoder[f"dec{k}"] = double_conv(2 * chans[k], chans[k], norm=False)
        self.pool = nn.MaxPool2d(2)
        self.out = nn.Conv2d(chans[0], out_channels, 1)
        self.depth = len(chans)

    def forward(self, x):
        skips = {}
        for k in range(self.depth):
            x = self.encoder[f"enc{k}"](x)
            if k < self.depth - 1:
                skips[k] = x
                x = self.pool(x)
        for k in range(self.depth - 2, -1, -1):
            x = self.decoder[f"up{k}"](x)
            x = torch.cat((skips[k], x), 1)
            x = self.decoder[f"dec{k}"](x)
        return self.out(x)
