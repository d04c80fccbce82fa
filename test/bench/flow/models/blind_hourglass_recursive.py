# bench: class=StackedHG input=randn:4,3,32,32 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


class Bottleneck(nn.Module):
    def __init__(self, c):
        super().__init__()
        m = c // 2
        self.body = nn.Sequential(
            nn.BatchNorm2d(c), nn.ReLU(), nn.Conv2d(c, m, 1),
            nn.BatchNorm2d(m), nn.ReLU(), nn.Conv2d(m, m, 3, padding=1),
            nn.BatchNorm2d(m), nn.ReLU(), nn.Conv2d(m, c, 1))

    def forward(self, x):
        return self.body(x) + x


class Hourglass(nn.Module):
    def __init__(self, n, c):
        super().__init__()
        self.up1 = Bottleneck(c)
        self.low1 = Bottleneck(c)
        self.low2 = Hourglass(n - 1, c) if n > 1 else Bottleneck(c)
        self.low3 = Bottleneck(c)

    def forward(self, x):
        up = self.up1(x)
        low = F.max_pool2d(x, 2)
        low = self.low3(self.low2(self.low1(low)))
        return up + F.interpolate(low, scale_factor=2)


class StackedHG(nn.Module):
    def __init__(self, stacks=2, c=16, joints=4):
        super().__init__()
        self.pre = nn.Sequential(nn.Conv2d(3, c, 3, 1, 1), nn.BatchNorm2d(c), nn.ReLU())
        self.hg = nn.ModuleList([Hourglass(2, c) for _ in range(stacks)])
        self.score = nn.ModuleList([nn.Conv2d(c, joints, 1) for _ in range(stacks)])
        self.merge_f = nn.ModuleList([nn.Conv2d(c, c, 1) for _ in range(stacks - 1)])
        self.merge_p = nn.ModuleList([nn.Conv2d(joints, c, 1) for _ in range(stacks - 1)])

    def forward(self, img):
        x = self.pre(img)
        preds = []
        for i, hg in enumerate(self.hg):
            f = hg(x)
            p = self.score[i](f)
            preds.append(p)
            if i + 1 < len(self.hg):
                x = x + self.merge_f[i](f) + self.merge_p[i](p)
        return preds[-1]
