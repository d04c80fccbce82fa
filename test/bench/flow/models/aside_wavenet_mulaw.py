# bench: class=WaveNet input=randn:4,1,96 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class CausalConv1d(nn.Conv1d):
    def __init__(self, cin, cout, k, dilation=1, **kw):
        super().__init__(cin, cout, k, dilation=dilation, padding=0, **kw)
        self.left = (k - 1) * dilation

    def forward(self, x):
        return super().forward(F.pad(x, (self.left, 0)))


class WaveNet(nn.Module):
    def __init__(self, layers=6, blocks=2, res=24, skip=48, classes=64):
        super().__init__()
        self.start = CausalConv1d(1, res, 2)
        self.filters, self.gates = nn.ModuleList(), nn.ModuleList()
        self.residuals, self.skips = nn.ModuleList(), nn.ModuleList()
        for _ in range(blocks):
            for i in range(layers):
                self.filters.append(CausalConv1d(res, res, 2, dilation=2 ** i))
                self.gates.append(CausalConv1d(res, res, 2, dilation=2 ** i))
                self.residuals.append(nn.Conv1d(res, res, 1))
                self.skips.append(nn.Conv1d(res, skip, 1))
        self.end1 = nn.Conv1d(skip, skip, 1)
        self.end2 = nn.Conv1d(skip, classes, 1)

    def forward(self, x):
        x = self.start(x)
        skip_sum = 0
        for f, g, r, s in zip(self.filters, self.gates, self.residuals, self.skips):
            z = torch.tanh(f(x)) * torch.sigmoid(g(x))
            skip_sum = skip_sum + s(z)
            x = (x + r(z)) * 0.5 ** 0.5
        y = self.end2(F.relu(self.end1(F.relu(skip_sum))))
        return y.transpose(1, 2)
