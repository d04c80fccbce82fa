import json
import math

import torch
import torch.nn as nn


class Cell(nn.Module):
    """h' = tanh(W x + U h + b)"""

    def __init__(self, n_in, n_hid):
        super().__init__()
        self.W = nn.Parameter(torch.randn(n_hid, n_in) * 0.3)
        self.U = nn.Parameter(torch.randn(n_hid, n_hid) * 0.35)
        self.b = nn.Parameter(torch.zeros(n_hid))

    def forward(self, x, h):
        return torch.tanh(x @ self.W.t() + h @ self.U.t() + self.b)


class Forecaster(nn.Module):
    def __init__(self, n_hid=64):
        super().__init__()
        self.n_hid = n_hid
        self.cell = Cell(2, n_hid)
        self.readout = nn.Linear(n_hid, 1)

    def forward(self, x):
        h = x.new_zeros(x.size(0), self.n_hid)
        outs = []
        for t in range(x.size(1)):
            h = self.cell(x[:, t], h)
            outs.append(self.readout(h))
        return torch.cat(outs, 1)


def load_curve(n, steps=48):
    t = torch.arange(steps + 1).float()
    phase = 24 * torch.rand(n, 1)
    base = torch.sin(2 * math.pi * (t + phase) / 24) + 0.4 * torch.sin(2 * math.pi * (t + phase) / 12)
    week = 0.5 * torch.randn(n, 1)
    y = base + week + 0.05 * torch.randn(n, steps + 1)
    x = torch.stack([y[:, :-1], torch.cos(2 * math.pi * (t[:-1] + phase) / 24)], -1)
    return x, y[:, 1:]


torch.manual_seed(19)
model = Forecaster()
optim = torch.optim.Adam(model.parameters(), lr=1e-3)
with open("run.jsonl", "w") as f:
    for step in range(240):
        x, y = load_curve(32)
        loss = ((model(x) - y)[:, 8:] ** 2).mean()
        optim.zero_grad()
        loss.backward()
        if step % 4 == 0:
            rec = {"step": step, "train": {"loss": round(loss.item(), 5)},
                   "grads": {n: float("%.4g" % p.grad.norm()) for n, p in model.named_parameters()}}
            f.write(json.dumps(rec) + "\n")
        optim.step()

with torch.no_grad():
    x, y = load_curve(400)
    mse = ((model(x) - y)[:, 8:] ** 2).mean().item()
print("RESULT " + json.dumps({"metric": "forecast_mse", "value": round(mse, 4)}))
