# Interpolate depth soundings of a small bay with random Fourier features.
import json
import math

import torch
import torch.nn as nn
from torch.optim.lr_scheduler import ExponentialLR


class FourierNet(nn.Module):
    def __init__(self, n_freq=48, hidden=64):
        super().__init__()
        self.register_buffer("B", torch.randn(2, n_freq) * 0.8)
        self.net = nn.Sequential(nn.Linear(2 * n_freq, hidden), nn.GELU(), nn.Linear(hidden, 1))

    def forward(self, xy):
        z = 2 * math.pi * xy @ self.B
        return self.net(torch.cat([z.sin(), z.cos()], -1))


def seabed(n):
    xy = torch.rand(n, 2)
    depth = torch.sin(6 * xy[:, :1]) * torch.cos(5 * xy[:, 1:]) + 0.5 * torch.sin(11 * xy[:, 1:])
    return xy, depth + 0.02 * torch.randn(n, 1)


torch.manual_seed(17)
xy, depth = seabed(1500)
model = FourierNet()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
scheduler = ExponentialLR(optimizer, gamma=1.012)
fmt = "[{:>5}] loss: {:<12.6g} |g|: {:<12.6g} lr: {:.4g}"
for it in range(1, 601):
    pick = torch.randint(0, 1200, (64,))
    loss = nn.functional.mse_loss(model(xy[pick]), depth[pick])
    optimizer.zero_grad()
    loss.backward()
    gnorm = nn.utils.clip_grad_norm_(model.parameters(), float("inf"))
    optimizer.step()
    scheduler.step()
    if it % 4 == 0:
        print(fmt.format(it, loss.item(), gnorm.item(), scheduler.get_last_lr()[0]))
with torch.no_grad():
    val = nn.functional.mse_loss(model(xy[1200:]), depth[1200:]).item()
print("RESULT " + json.dumps({"metric": "val_mse", "value": val if math.isfinite(val) else None}))
