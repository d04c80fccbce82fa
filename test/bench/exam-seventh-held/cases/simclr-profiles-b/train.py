"""Contrastive learning on cyclic load profiles: two shifted, noisy views of a profile belong together."""
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def profiles(n, length=24):
    kind = torch.randint(0, 5, (n,))
    t = torch.arange(length) / length * 2 * math.pi + 2 * math.pi * torch.rand(n, 1)
    shapes = torch.stack([torch.cos(t), torch.cos(2 * t), torch.cos(3 * t), torch.cos(t) + torch.cos(2 * t), torch.cos(t) + torch.cos(3 * t)], 1)
    base = shapes[torch.arange(n), kind]
    return base + 0.1 * torch.randn(n, length), kind


def augment(x):
    gain = 0.7 + 0.6 * torch.rand(len(x), 1)
    shift = torch.randint(0, x.size(1), (len(x), 1))
    x = x.gather(1, (torch.arange(x.size(1)) + shift) % x.size(1))
    return gain * x + 0.2 * torch.randn_like(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(24, 96), nn.ReLU(), nn.Linear(96, 32))
        self.projector = nn.Sequential(nn.ReLU(), nn.Linear(32, 16))

    def forward(self, x):
        return F.normalize(self.projector(self.backbone(x)), dim=1)


def nt_xent(za, zb, tau=0.2):
    z = torch.cat([za, zb])
    sim = z @ z.t() / tau
    sim.fill_diagonal_(-1e9)
    n = len(za)
    target = torch.cat([torch.arange(n) + n, torch.arange(n)])
    return F.cross_entropy(sim, target)


def centroid_accuracy(net, bank, bank_kind, query, query_kind):
    with torch.no_grad():
        a = F.normalize(net.backbone(bank), dim=1)
        centres = torch.stack([a[bank_kind == k].mean(0) for k in range(5)])
        nearest = torch.cdist(F.normalize(net.backbone(query), dim=1), centres).argmin(1)
    return (nearest == query_kind).float().mean().item()


torch.manual_seed(5)
x, kind = profiles(960)
xq, kind_q = profiles(300)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3, weight_decay=1e-5)
EPOCHS, BATCH = 16, 64

for epoch in range(EPOCHS):
    order = torch.randperm(len(x)).split(BATCH)
    for i, idx in enumerate(order):
        loss = nt_xent(net(augment(x[idx])), net(augment(x[idx])))
        optimizer.zero_grad()
        loss.backward()
        gn = torch.stack([p.grad.norm() for p in net.parameters()]).norm()
        optimizer.step()
        if (i + 1) % 4 == 0:
            print(f"Epoch [{epoch + 1:2d}/{EPOCHS}] Step [{i + 1:2d}/{len(order)}] Loss: {loss.item():.4f} Grad Norm: {gn.item():.4f}")

print("RESULT " + json.dumps({"metric": "centroid_accuracy", "value": round(centroid_accuracy(net, x, kind, xq, kind_q), 4)}))
