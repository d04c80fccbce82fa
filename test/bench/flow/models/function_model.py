# bench: class=net input=randn:64,32 loss=ce
import torch.nn as nn


def conv_free_block(n_in, n_out, act=nn.ReLU):
    return nn.Sequential(nn.Linear(n_in, n_out), act())


def build(depth=10, width=64):
    layers = [conv_free_block(32, width)]
    layers += [conv_free_block(width, width, nn.Softplus) for _ in range(depth)]
    layers.append(nn.Linear(width, 4))
    return nn.Sequential(*layers)


net = build()
