"""Reconstruct a slow potential (in volts, so a few microvolts) from five electrodes."""
import csv

import torch
from torch import nn, optim

torch.manual_seed(8)
SCALE = 1e-3   # volts per unit

model = nn.Sequential(nn.Linear(5, 40), nn.ReLU(), nn.Linear(40, 40), nn.ReLU(), nn.Linear(40, 1))
optimizer = optim.Adam(model.parameters(), lr=2e-3, eps=1e-16)


def electrodes(n):
    x = torch.randn(n, 5)
    clean = x[:, :1] * x[:, 1:2] + torch.cos(2 * x[:, 2:3]) - 0.5 * x[:, 3:4]
    return x, SCALE * clean


with open("potential.csv", "w", newline="") as f:
    out = csv.DictWriter(f, ["step", "mse_v2"] + [n for n, _ in model.named_parameters()] + ["total_norm"])
    out.writeheader()
    for step in range(1200):
        x, y = electrodes(64)
        err = SCALE * model(x) - y
        loss = (err ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        if step % 8 == 0:
            norms = {n: p.grad.norm().item() for n, p in model.named_parameters()}
            row = {n: f"{v:.4e}" for n, v in norms.items()}
            row.update(step=step, mse_v2=f"{loss.item():.6e}", total_norm=f"{sum(v * v for v in norms.values()) ** 0.5:.4e}")
            out.writerow(row)
        optimizer.step()

with torch.no_grad():
    x, y = electrodes(4000)
    r2 = 1 - ((SCALE * model(x) - y).pow(2).mean() / y.var()).item()
print('RESULT {"metric": "r2", "value": %.4f}' % r2)
