# bench: class=TabNetLite input=randn:128,16 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class GLULayer(nn.Module):
    def __init__(self, i, o, fc=None):
        super().__init__()
        self.fc = fc if fc is not None else nn.Linear(i, 2 * o, bias=False)
        self.bn = nn.BatchNorm1d(2 * o)
        self.o = o

    def forward(self, x):
        x = self.bn(self.fc(x))
        return x[:, :self.o] * torch.sigmoid(x[:, self.o:])


class FeatureTransformer(nn.Module):
    def __init__(self, i, o, shared):
        super().__init__()
        self.g1 = GLULayer(i, o, shared[0])
        self.g2 = GLULayer(o, o, shared[1])
        self.g3 = GLULayer(o, o)
        self.scale = 0.5 ** 0.5

    def forward(self, x):
        x = self.g1(x)
        x = (x + self.g2(x)) * self.scale
        return (x + self.g3(x)) * self.scale


class TabNetLite(nn.Module):
    def __init__(self, d_in=16, d=12, steps=3, classes=4):
        super().__init__()
        self.bn = nn.BatchNorm1d(d_in)
        shared = [nn.Linear(d_in, 4 * d, bias=False), nn.Linear(2 * d, 4 * d, bias=False)]
        self.first = FeatureTransformer(d_in, 2 * d, shared)
        self.steps = nn.ModuleList([FeatureTransformer(d_in, 2 * d, shared) for _ in range(steps)])
        self.att = nn.ModuleList([nn.Sequential(nn.Linear(d, d_in, bias=False), nn.BatchNorm1d(d_in)) for _ in range(steps)])
        self.final = nn.Linear(d, classes)
        self.d = d

    def forward(self, x):
        x = self.bn(x)
        prior = torch.ones_like(x)
        a = self.first(x)[:, self.d:]
        total = 0
        for step, att in zip(self.steps, self.att):
            mask = F.softmax(att(a) * prior, dim=-1)
            prior = prior * (1.3 - mask)
            out = step(x * mask)
            total = total + F.relu(out[:, :self.d])
            a = out[:, self.d:]
        return self.final(total)
