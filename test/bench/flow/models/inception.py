# bench: class=IncNet input=randn:16,3,32,32 loss=ce
import torch
import torch.nn as nn
class Inception(nn.Module):
    def __init__(self, in_planes, n1x1, n3x3red, n3x3, pool_planes):
        super(Inception, self).__init__()
        self.b1 = nn.Sequential(nn.Conv2d(in_planes, n1x1, kernel_size=1), nn.BatchNorm2d(n1x1), nn.ReLU(True))
        self.b2 = nn.Sequential(nn.Conv2d(in_planes, n3x3red, 1), nn.BatchNorm2d(n3x3red), nn.ReLU(True),
                                nn.Conv2d(n3x3red, n3x3, 3, padding=1), nn.BatchNorm2d(n3x3), nn.ReLU(True))
        self.b3 = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), nn.Conv2d(in_planes, pool_planes, 1), nn.BatchNorm2d(pool_planes), nn.ReLU(True))
    def forward(self, x):
        y1 = self.b1(x)
        y2 = self.b2(x)
        y3 = self.b3(x)
        return torch.cat([y1, y2, y3], 1)
class IncNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.pre = nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(True))
        self.a3 = Inception(32, 16, 16, 32, 16)
        self.b3 = Inception(64, 32, 16, 48, 16)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.a4 = Inception(96, 48, 24, 64, 16)
        self.avgpool = nn.AvgPool2d(16, stride=1)
        self.linear = nn.Linear(128, 10)
    def forward(self, x):
        out = self.a3(self.pre(x))
        out = self.b3(out)
        out = self.maxpool(out)
        out = self.a4(out)
        out = self.avgpool(out)
        out = out.view(out.size(0), -1)
        return self.linear(out)
