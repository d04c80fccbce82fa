# bench: class=ODENet input=randn:32,20 loss=ce
import torch
import torch.nn as nn


class ODEFunc(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(dim + 1, hidden), nn.Tanh(), nn.Linear(hidden, dim))
        for m in self.net.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, mean=0, std=0.1)
                nn.init.constant_(m.bias, val=0)

    def forward(self, t, y):
        tt = torch.ones_like(y[:, :1]) * t
        return self.net(torch.cat([tt, y], dim=1))


def odeint_rk4(func, y0, t0=0.0, t1=1.0, steps=8):
    h = (t1 - t0) / steps
    y, t = y0, t0
    for _ in range(steps):
        k1 = func(t, y)
        k2 = func(t + h / 2, y + h / 2 * k1)
        k3 = func(t + h / 2, y + h / 2 * k2)
        k4 = func(t + h, y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        t = t + h
    return y


class ODENet(nn.Module):
    def __init__(self, in_dim=20, state=32, hidden=64, out_dim=5):
        super().__init__()
        self.inp = nn.Linear(in_dim, state)
        self.func = ODEFunc(state, hidden)
        self.out = nn.Linear(state, out_dim)

    def forward(self, x):
        y0 = self.inp(x)
        y1 = odeint_rk4(self.func, y0)
        return self.out(torch.relu(y1))
