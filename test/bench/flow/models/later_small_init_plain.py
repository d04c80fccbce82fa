# bench: class=PlainNet make=create input=randn:16,3,32,32 loss=ce
"""Twelve plain convolutions with std 0.01, as in the AlexNet days."""
import torch.nn as nn


def conv_layer(ni, nf, ks=3, stride=1, act=True):
    layers = [nn.Conv2d(ni, nf, ks, stride=stride, padding=ks // 2)]
    if act:
        layers.append(nn.ReLU())
    return nn.Sequential(*layers)


class PlainNet(nn.Sequential):
    def __init__(self, c_out=10, nfs=(16, 16, 32, 32, 32, 48, 48, 48)):
        nfs = [3, *nfs]
        super().__init__(
            *[conv_layer(nfs[i], nfs[i + 1], stride=2 if i in (1, 3, 5) else 1) for i in range(len(nfs) - 1)],
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(nfs[-1], c_out))


def gaussian_init(m):
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        nn.init.normal_(m.weight, mean=0.0, std=0.01)
        nn.init.constant_(m.bias, 0.1)


def create(**kwargs):
    model = PlainNet(**kwargs)
    model.apply(gaussian_init)
    return model
