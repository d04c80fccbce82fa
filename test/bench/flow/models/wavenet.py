# bench: class=WaveNet input=randn:8,1,128 loss=mse
import torch
import torch.nn as nn


class WaveNet(nn.Module):
    def __init__(self, channels=16, layers=6):
        super().__init__()
        self.start = nn.Conv1d(1, channels, 1)
        self.filters = nn.ModuleList()
        self.gates = nn.ModuleList()
        self.mix = nn.ModuleList()
        for i in range(layers):
            d = 2 ** i
            self.filters.append(nn.Conv1d(channels, channels, 3, dilation=d, padding=d))
            self.gates.append(nn.Conv1d(channels, channels, 3, dilation=d, padding=d))
            self.mix.append(nn.Conv1d(channels, channels, 1))
        self.end = nn.Conv1d(channels, 1, 1)

    def forward(self, x):
        x = self.start(x)
        skips = 0
        for f, g, m in zip(self.filters, self.gates, self.mix):
            h = torch.tanh(f(x)) * torch.sigmoid(g(x))
            h = m(h)
            skips = skips + h
            x = x + h
        return self.end(torch.relu(skips))
