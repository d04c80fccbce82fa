# bench: class=Net input=randn:64,1,14,14 loss=ce
import torch
import torch.nn as nn

CONFIG = dict(in_size=196, hidden=[128] * 7, out_size=10, act="sigmoid", dropout=0.1)

ACT = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "gelu": nn.GELU}


def build_mlp(in_size, hidden, out_size, act, dropout):
    def _layer(a, b):
        return nn.Sequential(nn.Linear(a, b), ACT[act](), nn.Dropout(p=dropout))

    sizes = [in_size, *hidden]
    return nn.Sequential(nn.Flatten(), *[_layer(a, b) for a, b in zip(sizes, sizes[1:])], nn.Linear(sizes[-1], out_size))


class Net(nn.Module):
    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.mlp = build_mlp(**cfg)

    def forward(self, x):
        return self.mlp(x)
