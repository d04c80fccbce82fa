"""Surrogate of lift and drag of an airfoil; nearly noise-free simulator data, trained to convergence in double precision."""
import csv
import json

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(6)


def simulator(n):
    a = torch.rand(n, 2) * 2 - 1
    lift = 1.1 * a[:, 0] + 0.2 * a[:, 0] * a[:, 1]
    drag = 0.1 + 0.3 * a[:, 0] ** 2 - 0.05 * a[:, 1]
    return a, torch.stack([lift, drag], 1) + 1e-4 * torch.randn(n, 2)


X, Y = simulator(256)
# polynomial features of order three: the problem is exactly representable
def features(a):
    p, q = a[:, :1], a[:, 1:]
    return torch.cat([torch.ones_like(p), p, q, p * q, p ** 2, q ** 2, p ** 3, p * q ** 2], 1)


W1 = torch.nn.Linear(8, 12)
W2 = torch.nn.Linear(12, 2)
params = [*W1.parameters(), *W2.parameters()]
opt = torch.optim.SGD(params, lr=0.1, momentum=0.9)
with open("convergence.csv", "w", newline="") as fh:
    w = csv.DictWriter(fh, ["step", "loss", "grad_norm"])
    w.writeheader()
    for step in range(5000):
        sel = torch.randint(0, 256, (64,))
        loss = ((W2(W1(features(X[sel]))) - Y[sel]) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        gn = sum((p.grad ** 2).sum() for p in params) ** 0.5
        opt.step()
        w.writerow({"step": step, "loss": f"{loss.item():.4e}", "grad_norm": f"{gn.item():.4e}"})
a, y = simulator(200)
with torch.no_grad():
    err = (W2(W1(features(a))) - y).abs().max().item()
print("RESULT " + json.dumps({"metric": "max_error", "value": err}))
