# bench: class=ShuffleTiny input=randn:16,3,32,32 loss=ce
import torch
import torch.nn as nn


def channel_shuffle(x, groups=2):
    n, c, h, w = x.size()
    x = x.view(n, groups, c // groups, h, w).transpose(1, 2).contiguous()
    return x.view(n, -1, h, w)


class Unit(nn.Module):
    def __init__(self, c):
        super().__init__()
        b = c // 2
        self.branch = nn.Sequential(
            nn.Conv2d(b, b, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True),
            nn.Conv2d(b, b, 3, padding=1, groups=b, bias=False), nn.BatchNorm2d(b),
            nn.Conv2d(b, b, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True))

    def forward(self, x):
        a, b = x.split(x.size(1) // 2, dim=1)
        return channel_shuffle(torch.cat((a, self.branch(b)), 1))


class ShuffleTiny(nn.Module):
    def __init__(self, widths=(16, 32), repeats=(2, 3), classes=10):
        super().__init__()
        layers, c = [], 3
        for w, r in zip(widths, repeats):
            layers += [nn.Conv2d(c, w, 3, 2, 1, bias=False), nn.BatchNorm2d(w), nn.ReLU()]
            layers += [Unit(w) for _ in range(r)]
            c = w
        self.stages = nn.Sequential(*layers)
        self.fc = nn.Linear(c, classes)

    def forward(self, x):
        return self.fc(self.stages(x).mean(dim=(2, 3)))
