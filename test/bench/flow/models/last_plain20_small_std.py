# bench: class=Net input=randn:32,64 loss=ce
import torch
import torch.nn as nn

DEPTH = 12


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        dims = [64, *([96] * DEPTH), 10]
        self.ws = nn.ParameterList([nn.Parameter(torch.randn(a, b) * 0.08) for a, b in zip(dims, dims[1:])])
        self.bs = nn.ParameterList([nn.Parameter(torch.zeros(b)) for b in dims[1:]])

    def forward(self, x):
        for i, (w, b) in enumerate(zip(self.ws, self.bs)):
            x = x @ w + b
            if i < len(self.ws) - 1:
                x = x.clamp(min=0)
        return x
