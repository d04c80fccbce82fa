# bench: class=ReZero input=randn:64,32 loss=ce
import torch
import torch.nn as nn


class ReZeroBlock(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.lin1 = nn.Linear(d, d)
        self.lin2 = nn.Linear(d, d)
        self.alpha = nn.Parameter(torch.tensor(0.0))
        nn.init.zeros_(self.lin2.weight)
        nn.init.zeros_(self.lin2.bias)

    def forward(self, x):
        return x + self.lin2(torch.relu(self.lin1(x)))


class ReZero(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(32, 64)
        self.blocks = nn.ModuleList([ReZeroBlock(64) for _ in range(6)])
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        x = self.inp(x)
        for b in self.blocks:
            x = b(x)
        return self.out(x)
