"""Pulsar candidate screening."""
import json

import torch
import torch.nn as nn
import torch.nn.functional as F

DEPTH = 40


class Unit(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.lin = nn.Linear(width, width, bias=False)
        self.bn = nn.BatchNorm1d(width)

    def forward(self, x):
        return F.relu(self.bn(self.lin(x)))


class Screen(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.stem = nn.Linear(8, width)
        self.units = nn.ModuleList(Unit(width) for _ in range(DEPTH))
        self.head = nn.Linear(width, 2)

    def forward(self, x):
        x = self.stem(x)
        for unit in self.units:
            x = unit(x)
        return self.head(x)


def candidates(n):
    x = torch.randn(n, 8)
    return x, ((x[:, :3].pow(2).sum(1) - 1.2 * x[:, 3]) > 2.4).long()


torch.manual_seed(44)
net = Screen()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
watch = {name: p for name, p in net.named_parameters() if name.endswith("lin.weight") or name in ("stem.weight", "head.weight")}
for step in range(180):
    x, y = candidates(64)
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    if step % 4 == 0:
        rec = {"step": step, "train/loss": loss.item()}
        rec.update({f"grad_norm/{name}": float("%.4g" % p.grad.norm()) for name, p in watch.items()})
        print(json.dumps(rec))
    opt.step()

net.eval()
with torch.no_grad():
    x, y = candidates(3000)
    acc = (net(x).argmax(1) == y).float().mean().item()
print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))
