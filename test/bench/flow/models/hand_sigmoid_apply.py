# bench: class=DeepNet input=randn:64,30 loss=ce
import torch
import torch.nn as nn


def init_weights(m):
    if isinstance(m, nn.Linear):
        torch.nn.init.xavier_uniform_(m.weight)
        m.bias.data.fill_(0.01)


class DeepNet(nn.Module):
    """Wie im Skript, Kapitel 6: tiefes Netz mit Sigmoid."""

    def __init__(self, n_in=30, n_hidden=40, n_layers=11, n_out=2):
        super(DeepNet, self).__init__()
        self.inp = nn.Linear(n_in, n_hidden)
        self.hid = nn.ModuleList()
        for i in range(n_layers):
            self.hid.append(nn.Linear(n_hidden, n_hidden))
        self.out = nn.Linear(n_hidden, n_out)
        self.apply(init_weights)

    def forward(self, x):
        a = torch.sigmoid(self.inp(x))
        for layer in self.hid:
            z = layer(a)
            a = 1 / (1 + torch.exp(-z))
        return self.out(a)
