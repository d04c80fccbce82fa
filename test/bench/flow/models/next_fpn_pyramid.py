# bench: class=FPN input=randn:4,3,64,64 loss=ce
import torch
from torch import nn
import torch.nn.functional as F


class ConvBNReLU(nn.Sequential):
    def __init__(self, i, o, k=3, s=1):
        super().__init__(nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))


class FPN(nn.Module):
    def __init__(self, widths=(16, 32, 64), out=24, classes=5):
        super().__init__()
        self.stem = ConvBNReLU(3, widths[0], s=2)
        stages, laterals, smooth = [], [], []
        for a, b in zip((widths[0],) + widths[:-1], widths):
            stages.append(nn.Sequential(ConvBNReLU(a, b, s=2), ConvBNReLU(b, b)))
            laterals.append(nn.Conv2d(b, out, 1))
            smooth.append(nn.Conv2d(out, out, 3, padding=1))
        self.stages = nn.ModuleList(stages)
        self.laterals = nn.ModuleList(laterals)
        self.smooth = nn.ModuleList(smooth)
        self.head = nn.Linear(out, classes)

    def forward(self, x):
        feats = []
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
            feats.append(x)
        p = self.laterals[-1](feats[-1])
        outs = [self.smooth[-1](p)]
        for f, lat, sm in reversed(list(zip(feats[:-1], self.laterals[:-1], self.smooth[:-1]))):
            p = F.interpolate(p, size=f.shape[-2:], mode="nearest") + lat(f)
            outs.append(sm(p))
        pooled = sum(F.adaptive_avg_pool2d(o, 1).flatten(1) for o in outs) / len(outs)
        return self.head(pooled)
