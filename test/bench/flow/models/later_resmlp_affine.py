# bench: class=ResMLP input=randn:8,3,32,32 loss=ce
import torch
from torch import nn


class Aff(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.alpha = nn.Parameter(torch.ones([1, 1, dim]))
        self.beta = nn.Parameter(torch.zeros([1, 1, dim]))

    def forward(self, x):
        return x * self.alpha + self.beta


class PreAffineResidual(nn.Module):
    def __init__(self, dim, fn, init_values=0.1):
        super().__init__()
        self.aff = Aff(dim)
        self.fn = fn
        self.gamma = nn.Parameter(init_values * torch.ones(dim), requires_grad=True)

    def forward(self, x):
        return x + self.gamma * self.fn(self.aff(x))


class PatchMix(nn.Module):
    def __init__(self, num_patch):
        super().__init__()
        self.proj = nn.Linear(num_patch, num_patch)

    def forward(self, x):
        return self.proj(x.transpose(1, 2)).transpose(1, 2)


def FeedForward(dim, mult=4):
    return nn.Sequential(nn.Linear(dim, dim * mult), nn.GELU(), nn.Linear(dim * mult, dim))


class ResMLP(nn.Module):
    def __init__(self, image_size=32, patch_size=8, dim=48, depth=4, num_classes=10):
        super().__init__()
        assert image_size % patch_size == 0, 'image must be divisible by patch size'
        num_patch = (image_size // patch_size) ** 2
        self.to_patch = nn.Conv2d(3, dim, patch_size, patch_size)
        wrapper = lambda i, fn: PreAffineResidual(dim, fn, 0.1 if i < 18 else 1e-5)
        self.blocks = nn.Sequential(*[
            nn.Sequential(wrapper(i, PatchMix(num_patch)), wrapper(i, FeedForward(dim))) for i in range(depth)])
        self.affine = Aff(dim)
        self.head = nn.Linear(dim, num_classes)

    def forward(self, x):
        x = self.to_patch(x).flatten(2).transpose(1, 2)
        x = self.affine(self.blocks(x))
        return self.head(x.mean(dim=1))
