# bench: class=Regressor input=randn:64,20 loss=mse
import torch
import torch.nn as nn


class Regressor(nn.Module):
    def __init__(self, n_in=20, n_out=1, width=50, n_hidden=10, activation='tanh', init_std=0.05):
        super().__init__()
        acts = {'relu': nn.ReLU, 'tanh': nn.Tanh, 'sigmoid': nn.Sigmoid}
        blocks = []
        prev = n_in
        for k in range(n_hidden):
            blocks.append(('fc%d' % k, nn.Linear(prev, width)))
            blocks.append(('act%d' % k, acts[activation]()))
            prev = width
        blocks.append(('out', nn.Linear(prev, n_out)))
        from collections import OrderedDict
        self.body = nn.Sequential(OrderedDict(blocks))
        for name, p in self.named_parameters():
            if name.endswith('weight'):
                torch.nn.init.normal_(p, 0, init_std)
            elif name.endswith('bias'):
                torch.nn.init.zeros_(p)

    def forward(self, x):
        return self.body(x)
