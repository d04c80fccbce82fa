# bench: class=WaveNet input=randn:8,1,128 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


class CausalConv1d(nn.Conv1d):
    def __init__(self, in_channels, out_channels, kernel_size=2, dilation=1):
        super().__init__(in_channels, out_channels, kernel_size, dilation=dilation)
        self.left = (kernel_size - 1) * dilation

    def forward(self, x):
        return super().forward(F.pad(x, (self.left, 0)))


class ResidualBlock(nn.Module):
    def __init__(self, res, skip, dilation):
        super().__init__()
        self.dilated = CausalConv1d(res, 2 * res, dilation=dilation)
        self.conv_res = nn.Conv1d(res, res, 1)
        self.conv_skip = nn.Conv1d(res, skip, 1)

    def forward(self, x):
        out = self.dilated(x)
        a, b = torch.split(out, out.size(1) // 2, dim=1)
        out = torch.tanh(a) * torch.sigmoid(b)
        return self.conv_res(out) + x, self.conv_skip(out)


class WaveNet(nn.Module):
    def __init__(self, layers=5, stacks=2, res=24, skip=32):
        super().__init__()
        self.first = CausalConv1d(1, res)
        self.stack = nn.ModuleList([ResidualBlock(res, skip, 2 ** i) for _ in range(stacks) for i in range(layers)])
        self.end1 = nn.Conv1d(skip, skip, 1)
        self.end2 = nn.Conv1d(skip, 1, 1)

    def forward(self, x):
        x = self.first(x)
        total = 0
        for block in self.stack:
            x, s = block(x)
            total = total + s
        return self.end2(F.relu(self.end1(F.relu(total))))
