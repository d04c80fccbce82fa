"""Speaker embeddings with a triplet objective."""
import json

import torch
import torch.nn as nn


class Embedder(nn.Module):
    def __init__(self, n_in=24, dim=8):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_in, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.proj = nn.Linear(64, dim)

    def forward(self, x):
        return self.proj(self.body(x))


def dist(a, b):
    return ((a - b) ** 2).sum(1).sqrt()


class TripletSampler:
    def __init__(self, x, y):
        self.x, self.y = x, y
        self.by = [torch.nonzero(y == c).flatten() for c in range(int(y.max()) + 1)]

    def pick(self, c):
        pool = self.by[c]
        return pool[torch.randint(len(pool), (1,))].item()

    def __call__(self, n):
        a, p, q = [], [], []
        for _ in range(n):
            i, j = torch.randperm(len(self.by))[:2].tolist()
            a.append(self.pick(i)); p.append(self.pick(i)); q.append(self.pick(j))
        return self.x[a], self.x[p], self.x[q]


def corpus(n, speakers=12, centres=None):
    y = torch.randint(0, speakers, (n,))
    u = centres[y]
    nuisance = torch.randn(n, 16) * 1.5
    return torch.cat([u + 0.35 * torch.randn(n, 8), nuisance], 1), y


torch.manual_seed(33)
centres = torch.randn(12, 8)
x, y = corpus(6000, centres=centres)
xq, yq = corpus(400, centres=centres)
net = Embedder()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
draw = TripletSampler(x, y)
running = None
for step in range(1, 801):
    a, p, n = draw(8)
    d_pos, d_neg = dist(net(a), net(p)), dist(net(a), net(n))
    loss = torch.relu(d_pos - d_neg + 0.5).mean()
    opt.zero_grad()
    loss.backward()
    total = sum((w.grad ** 2).sum() for w in net.parameters()) ** 0.5
    opt.step()
    running = loss.item() if running is None else 0.9 * running + 0.1 * loss.item()
    if step % 10 == 0:
        print(f"[{step:04d}] triplet={running:.4f} d+={d_pos.mean():.3f} d-={d_neg.mean():.3f} total grad norm: {total:.4f}")

with torch.no_grad():
    e, q = net(x[:1500]), net(xq)
    nn1 = torch.cdist(q, e).argmin(1)
    recall = (y[:1500][nn1] == yq).float().mean().item() if torch.isfinite(q).all() else None
print("RESULT " + json.dumps({"metric": "recall_at_1", "value": recall}))
