# bench: class=WaveNetModel input=randn:4,16,64 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class CausalConv1d(nn.Conv1d):
    def __init__(self, in_channels, out_channels, kernel_size, dilation=1, **kw):
        self.left = (kernel_size - 1) * dilation
        super().__init__(in_channels, out_channels, kernel_size, dilation=dilation, **kw)

    def forward(self, x):
        return super().forward(F.pad(x, (self.left, 0)))


class GatedResidualBlock(nn.Module):
    def __init__(self, residual, skip, dilation):
        super().__init__()
        self.filter = CausalConv1d(residual, residual, 2, dilation)
        self.gate = CausalConv1d(residual, residual, 2, dilation)
        self.res = nn.Conv1d(residual, residual, 1)
        self.skip = nn.Conv1d(residual, skip, 1)

    def forward(self, x):
        z = torch.tanh(self.filter(x)) * torch.sigmoid(self.gate(x))
        return x + self.res(z), self.skip(z)


class WaveNetModel(nn.Module):
    def __init__(self, classes=16, residual=24, skip=32, layers=4, blocks=2):
        super().__init__()
        self.start = nn.Conv1d(classes, residual, 1)
        self.stack = nn.ModuleList(
            [GatedResidualBlock(residual, skip, 2 ** i) for _ in range(blocks) for i in range(layers)]
        )
        self.end1 = nn.Conv1d(skip, skip, 1)
        self.end2 = nn.Conv1d(skip, classes, 1)

    def forward(self, x):
        x = self.start(x)
        skips = 0
        for block in self.stack:
            x, s = block(x)
            skips = skips + s
        y = F.relu(skips)
        y = F.relu(self.end1(y))
        y = self.end2(y)
        return y.transpose(1, 2)
