"""Pump pressure model. The raw regression starts far away from the operating point."""
import json
import time

import torch
import torch.nn as nn


class PumpModel(nn.Module):
    def __init__(self, n_in=8, width=64):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(n_in, width), nn.GELU(), nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.block(x)).squeeze(-1)


def operating_data(n):
    x = torch.randn(n, 8)
    y = 30 + 4 * torch.sin(x[:, 0]) + 3 * x[:, 1] * torch.tanh(x[:, 2]) + 2 * x[:, 3]
    return x, y


def warmup(step, n_warm=60, total=900):
    return (step + 1) / n_warm if step < n_warm else max(0.02, 1 - (step - n_warm) / (total - n_warm))


torch.manual_seed(27)
model = PumpModel()
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-2)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, warmup)
for it in range(1, 901):
    t0 = time.time()
    x, y = operating_data(48)
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    gnorm = nn.utils.clip_grad_norm_(model.parameters(), 1e9)
    optimizer.step()
    if it % 5 == 0:
        print(f" iteration {it:8d}/     900 | consumed samples: {it * 48:12d} | elapsed time per iteration (ms): {1000 * (time.time() - t0):.1f} | learning rate: {scheduler.get_last_lr()[0]:.3E} | global batch size:    48 | lm loss: {loss.item():.6E} | loss scale: 1.0 | grad norm: {gnorm.item():.3f} | number of skipped iterations:   0 | number of nan iterations:   0 |")
    scheduler.step()

x, y = operating_data(2000)
with torch.no_grad():
    r2 = 1 - ((model(x) - y).pow(2).mean() / y.var()).item()
print("RESULT " + json.dumps({"metric": "r2", "value": round(r2, 4)}))
