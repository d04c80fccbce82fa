"""Tide forecast with an LSTM and warm restarts."""
import csv
import json
import math

import torch
import torch.nn as nn


class Config(dict):
    __getattr__ = dict.__getitem__


cfg = Config(seq=30, hidden=32, lr=2e-2, lr_min=1e-5, t0=60, t_mult=2, updates=420, batch=32, log_interval=4, out="history.csv")


class TideLSTM(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True)
        self.linear = nn.Linear(hidden, 1)

    def forward(self, x):
        h, _ = self.lstm(x)
        return self.linear(h).squeeze(-1)


def tides(n, length):
    start = 500 * torch.rand(n, 1)
    t = start + torch.arange(length + 1)
    level = 1.2 * torch.cos(2 * math.pi * t / 12.42) + 0.5 * torch.cos(2 * math.pi * t / 12.0 + 1) + 0.2 * torch.cos(2 * math.pi * t / 25.8)
    level = level + 0.08 * torch.randn(n, length + 1)
    return level[:, :-1].unsqueeze(-1), level[:, 1:]


torch.manual_seed(2024)
model = TideLSTM(cfg.hidden)
opt = torch.optim.AdamW(model.parameters(), lr=cfg.lr)
restarts = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, cfg.t0, cfg.t_mult, cfg.lr_min)
with open(cfg.out, "w", newline="") as fh:
    writer = csv.DictWriter(fh, ["update", "lr", "loss", "gnorm_lstm", "gnorm_linear"])
    writer.writeheader()
    for u in range(cfg.updates):
        x, y = tides(cfg.batch, cfg.seq)
        loss = ((model(x) - y)[:, 5:] ** 2).mean()
        opt.zero_grad()
        loss.backward()
        if u % cfg.log_interval == 0:
            gn = {k: sum(p.grad.norm().item() ** 2 for p in getattr(model, k).parameters()) ** 0.5 for k in ("lstm", "linear")}
            writer.writerow({"update": u, "lr": "%.6f" % opt.param_groups[0]["lr"], "loss": "%.6f" % loss.item(),
                             "gnorm_lstm": "%.5f" % gn["lstm"], "gnorm_linear": "%.5f" % gn["linear"]})
        opt.step()
        restarts.step()
with torch.no_grad():
    x, y = tides(300, cfg.seq)
    mse = ((model(x) - y)[:, 5:] ** 2).mean().item()
print("RESULT " + json.dumps({"metric": "forecast_mse", "value": round(mse, 5)}))
