import csv
import json
import math
from types import SimpleNamespace

import torch
import torch.nn as nn

cfg = SimpleNamespace(points=24, width=32, n_point_layers=12, n_set_layers=3, lr=0.03, momentum=0.9, iters=320, batch=24)


def solid(kind, n):
    """n points on the surface of a unit solid: sphere, box, cylinder, or disc."""
    u = 2 * torch.rand(n, 3) - 1
    if kind == 0:
        return u / u.norm(dim=1, keepdim=True).clamp(min=1e-3)
    if kind == 1:
        return u / u.abs().max(dim=1, keepdim=True).values.clamp(min=1e-3)
    a = math.pi * u[:, 0]
    if kind == 2:
        return torch.stack([a.cos(), a.sin(), u[:, 1]], dim=1)
    r = u[:, 1].abs().sqrt()
    return torch.stack([r * a.cos(), r * a.sin(), 0.05 * u[:, 2]], dim=1)


def clouds(n):
    y = torch.randint(0, 4, (n,))
    x = torch.stack([solid(int(k), cfg.points) for k in y])
    size = 0.9 + 0.2 * torch.rand(n, 1, 1)
    return x * size + 0.02 * torch.randn_like(x), y


class PointNorm(nn.BatchNorm1d):
    def forward(self, x):
        return super().forward(x.flatten(0, -2)).view_as(x)


def stack(n_layers, d_in, d):
    seq = []
    for i in range(n_layers):
        seq.extend([nn.Linear(d_in if i == 0 else d, d), PointNorm(d), nn.ReLU()])
    return nn.Sequential(*seq)


class PointNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.per_point = stack(cfg.n_point_layers, 3, cfg.width)
        self.per_set = stack(cfg.n_set_layers, cfg.width, cfg.width)
        self.cls = nn.Linear(cfg.width, 4)

    def forward(self, x):
        h = self.per_point(x)                  # (batch, points, width)
        h = h.max(dim=1).values
        return self.cls(self.per_set(h))


def evaluate(model, x, y):
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


torch.manual_seed(51)
x_tr, y_tr = clouds(960)
x_te, y_te = clouds(320)
model = PointNet()
sgd = torch.optim.SGD(model.parameters(), lr=cfg.lr, momentum=cfg.momentum)
criterion = nn.CrossEntropyLoss()
mats = [(n, p) for n, p in model.named_parameters() if n.endswith("weight")]

with open("layer_norms.csv", "w", newline="") as fh:
    table = csv.writer(fh)
    table.writerow(["iter", "loss"] + [n for n, _ in mats])
    for it in range(cfg.iters):
        pick = torch.randint(0, len(x_tr), (cfg.batch,))
        sgd.zero_grad()
        loss = criterion(model(x_tr[pick]), y_tr[pick])
        loss.backward()
        if it % 5 == 0:
            table.writerow([it, f"{loss.item():.5f}"] + [f"{p.grad.norm().item():.4e}" for _, p in mats])
        sgd.step()
print("test accuracy", evaluate(model, x_te, y_te))
print("RESULT " + json.dumps({"metric": "test_acc", "value": round(evaluate(model, x_te, y_te), 4)}))
