"""Which exhibit does a visitor stop at next?  BPR with sparse embeddings."""
import json
import random

import torch
import torch.nn as nn
import torch.nn.functional as F


class BPR(nn.Module):
    def __init__(self, n_visitors, n_exhibits, dim=8):
        super().__init__()
        self.visitor = nn.Embedding(n_visitors, dim, sparse=True)
        self.exhibit = nn.Embedding(n_exhibits, dim, sparse=True)
        self.popularity = nn.Embedding(n_exhibits, 1, sparse=True)
        nn.init.normal_(self.visitor.weight, std=0.1)
        nn.init.normal_(self.exhibit.weight, std=0.1)
        nn.init.zeros_(self.popularity.weight)

    def score(self, v, e):
        return (self.visitor(v) * self.exhibit(e)).sum(-1) + self.popularity(e).squeeze(-1)

    def forward(self, v, pos, neg):
        return -F.logsigmoid(self.score(v, pos) - self.score(v, neg)).mean()


def sparse_norm(p):
    return p.grad.coalesce().values().norm().item()


def main(seed=50, steps=1500):
    torch.manual_seed(seed)
    random.seed(seed)
    nv, ne = 300, 80
    taste, style = torch.randn(nv, 4), torch.randn(ne, 4)
    v = torch.randint(0, nv, (30000,))
    cand = torch.randint(0, ne, (30000, 2))
    better = ((taste[v] * style[cand[:, 0]]).sum(1) > (taste[v] * style[cand[:, 1]]).sum(1))
    pos = torch.where(better, cand[:, 0], cand[:, 1])
    neg = torch.where(better, cand[:, 1], cand[:, 0])
    model = BPR(nv, ne)
    opt = torch.optim.SparseAdam(list(model.parameters()), lr=0.02)
    for step in range(steps):
        b = torch.randint(0, 27000, (128,))
        loss = model(v[b], pos[b], neg[b])
        opt.zero_grad()
        loss.backward()
        if step % 10 == 0:
            print({"step": step, "loss": round(loss.item(), 4), **{"grad/" + n: round(sparse_norm(p), 6) for n, p in model.named_parameters()}})
        opt.step()
    with torch.no_grad():
        auc = (model.score(v[27000:], pos[27000:]) > model.score(v[27000:], neg[27000:])).float().mean().item()
    print("RESULT " + json.dumps({"metric": "auc", "value": auc}))


main()
