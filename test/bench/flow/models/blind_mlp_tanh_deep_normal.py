# bench: class=Classifier input=randn:128,784 loss=ce
import torch
import torch.nn as nn


class Classifier(nn.Module):
    def __init__(self, n_layers=18, n_units=128, activation=nn.Tanh):
        super().__init__()
        self.fc_in = nn.Linear(784, n_units)
        for i in range(n_layers):
            self.add_module('fc_%d' % i, nn.Linear(n_units, n_units))
        self.n_layers = n_layers
        self.act = activation()
        self.fc_out = nn.Linear(n_units, 10)

        for name, param in self.named_parameters():
            if 'weight' in name:
                nn.init.normal_(param, mean=0.0, std=0.05)
            else:
                nn.init.constant_(param, 0.0)

    def forward(self, x):
        x = x.view(-1, 784)
        x = self.act(self.fc_in(x))
        for i in range(self.n_layers):
            x = self.act(self._modules['fc_%d' % i](x))
        return self.fc_out(x)
