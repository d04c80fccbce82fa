# bench: class=Net input=randn:32,3,32,32 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 12, 3, padding=1)
        self.convs = nn.ModuleList([nn.Conv2d(12, 12, 3, padding=1) for _ in range(11)])
        self.norms = nn.ModuleList([nn.BatchNorm2d(12) for _ in range(11)])
        self.head = nn.Linear(12, 10)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, nonlinearity='relu')
                nn.init.zeros_(m.bias)

    def forward(self, x):
        x = F.elu(self.stem(x))
        for i, conv in enumerate(self.convs):
            x = F.elu(self.norms[i](conv(x)))
            if i % 3 == 3 - 1:
                x = F.avg_pool2d(x, 2)
        x = x.mean(dim=(2, 3))
        return self.head(x)
