# bench: class=DeepRes input=randn:8,3,16,16 loss=ce
import torch
import torch.nn as nn


class Unit(nn.Module):
    def __init__(self, c, scale):
        super().__init__()
        self.scale = scale
        self.conv_a = nn.Conv2d(c, c, 3, 1, 1)
        self.conv_b = nn.Conv2d(c, c, 3, 1, 1)

    def forward(self, x):
        r = self.conv_a(nn.functional.silu(x))
        r = self.conv_b(nn.functional.silu(r))
        return x + self.scale * r


class DeepRes(nn.Module):
    def __init__(self, c=16, depth=12):
        super().__init__()
        self.stem = nn.Conv2d(3, c, 3, padding='same')
        self.units = nn.ModuleList()
        for d in range(depth):
            self.units.append(Unit(c, scale=(d + 1) ** -0.5))
        self.fc = nn.Linear(c, 10)
        self._reset()

    def _reset(self):
        for mod in self.modules():
            if isinstance(mod, nn.Conv2d):
                fan_in, _ = nn.init._calculate_fan_in_and_fan_out(mod.weight)
                mod.weight.data.normal_(0.0, (2.0 / fan_in) ** 0.5)
                mod.bias.data.zero_()

    def forward(self, x):
        h = self.stem(x)
        for u in self.units:
            h = u(h)
        return self.fc(h.mean(dim=[-2, -1]))
