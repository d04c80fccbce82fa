# bench: class=FunctionalNet input=randn:64,20 loss=ce
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class FunctionalNet(nn.Module):
    sizes = (20, 64, 64, 64, 64, 64, 5)

    def __init__(self):
        super().__init__()
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        for n_in, n_out in zip(self.sizes[:-1], self.sizes[1:]):
            w = torch.empty(n_out, n_in)
            nn.init.kaiming_uniform_(w, a=math.sqrt(5))
            self.weights.append(nn.Parameter(w))
            self.biases.append(nn.Parameter(torch.zeros(n_out)))

    def forward(self, x):
        last = len(self.weights) - 1
        for i, (w, b) in enumerate(zip(self.weights, self.biases)):
            x = F.linear(x, w, b)
            if i != last:
                x = F.leaky_relu(x, 0.2)
        return x
