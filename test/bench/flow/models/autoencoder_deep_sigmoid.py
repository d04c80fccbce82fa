# bench: class=DeepAE input=randn:64,100 loss=mse
import torch
from torch import nn

SIZES = [100, 64, 32, 16, 8]


class DeepAE(nn.Module):
    def __init__(self, sizes=SIZES):
        super().__init__()
        enc, dec = [], []
        for a, b in zip(sizes[:-1], sizes[1:]):
            enc += [nn.Linear(a, b), nn.Sigmoid()]
        for a, b in zip(sizes[:0:-1], sizes[-2::-1]):
            dec += [nn.Linear(a, b), nn.Sigmoid()]
        dec.pop()
        self.enc = nn.Sequential(*enc)
        self.dec = nn.Sequential(*dec)

    def forward(self, x):
        return self.dec(self.enc(x))
