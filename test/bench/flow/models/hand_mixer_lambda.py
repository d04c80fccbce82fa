# bench: class=model make=MLPMixer input=randn:8,3,32,32 loss=ce
import torch
from torch import nn

pair = lambda x: x if isinstance(x, tuple) else (x, x)


class PreNormResidual(nn.Module):
    def __init__(self, dim, fn):
        super().__init__()
        self.fn = fn
        self.norm = nn.LayerNorm(dim)

    def forward(self, x):
        return self.fn(self.norm(x)) + x


class Patches(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        b, c, h, w = x.shape
        p = self.p
        x = x.reshape(b, c, h // p, p, w // p, p)
        return x.permute(0, 2, 4, 3, 5, 1).reshape(b, (h // p) * (w // p), p * p * c)


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(dim=1)


def FeedForward(dim, inner, dropout=0., dense=nn.Linear):
    return nn.Sequential(dense(dim, inner), nn.GELU(), nn.Dropout(dropout), dense(inner, dim), nn.Dropout(dropout))


def MLPMixer(image_size=32, channels=3, patch_size=4, dim=48, depth=5, num_classes=10, expansion_factor=4, expansion_factor_token=0.5):
    image_h, image_w = pair(image_size)
    num_patches = (image_h // patch_size) * (image_w // patch_size)
    chan_first = lambda i, o: nn.Conv1d(i, o, kernel_size=1)
    chan_last = nn.Linear
    return nn.Sequential(
        Patches(patch_size),
        nn.Linear((patch_size ** 2) * channels, dim),
        *[nn.Sequential(
            PreNormResidual(dim, FeedForward(num_patches, int(expansion_factor_token * num_patches), 0., chan_first)),
            PreNormResidual(dim, FeedForward(dim, expansion_factor * dim, 0., chan_last)),
        ) for _ in range(depth)],
        nn.LayerNorm(dim),
        Mean(),
        nn.Linear(dim, num_classes),
    )


model = MLPMixer()
