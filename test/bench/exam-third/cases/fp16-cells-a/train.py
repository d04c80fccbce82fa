import json
import time

import torch
from torch import nn, optim

from amp import HalfComm


def cells(n, seed):
    """Remaining capacity of a battery cell from eight features of the charging curve."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 8, generator=g)
    y = torch.tanh(x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:3] - 0.3 * x[:, 3:4].abs() + 0.05 * torch.randn(n, 1, generator=g)
    return x, y


torch.manual_seed(0)
x, y = cells(2000, 40)
xv, yv = cells(500, 41)
net = nn.Sequential(nn.Linear(8, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1))
comm = HalfComm(net.parameters())
opt = optim.AdamW(net.parameters(), lr=2e-3)
t0 = time.time()
for i in range(600):
    sel = torch.randint(0, len(x), (32,))
    loss = ((net(x[sel]) - y[sel]) ** 2).mean()
    opt.zero_grad()
    comm.scale_loss(loss).backward()
    comm.exchange()
    gn = comm.global_norm()
    opt.step()
    if i % 5 == 4:
        print(f"iter {i + 1:5d} | loss {loss.item():8.5f} | grad_norm {gn.item():9.5f} | loss_scale {comm.scale:.0f}")
with torch.no_grad():
    r2 = 1 - ((net(xv) - yv) ** 2).mean() / yv.var()
print("RESULT " + json.dumps({"metric": "r2", "value": r2.item() if torch.isfinite(r2) else None}))
