"""Matrix factorisation with biases, implicit long tail of films (most rows of the tables are untouched in a batch)."""
import json
import logging
import sys

import torch
from torch import nn

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")


class BiasedMF(nn.Module):
    def __init__(self, users, items, k):
        super().__init__()
        self.user_emb = nn.Embedding(users, k, sparse=True)
        self.item_emb = nn.Embedding(items, k, sparse=True)
        self.user_bias = nn.Embedding(users, 1, sparse=True)
        self.item_bias = nn.Embedding(items, 1, sparse=True)
        nn.init.normal_(self.user_emb.weight, std=0.1)
        nn.init.normal_(self.item_emb.weight, std=0.1)
        nn.init.zeros_(self.user_bias.weight)
        nn.init.zeros_(self.item_bias.weight)

    def forward(self, u, i):
        return (self.user_emb(u) * self.item_emb(i)).sum(1) + self.user_bias(u)[:, 0] + self.item_bias(i)[:, 0]


def ratings(users=3000, items=2000, n=60000):
    pu, qi = torch.randn(users, 2), torch.randn(items, 2)
    bu, bi = 0.6 * torch.randn(users), 0.8 * torch.randn(items)
    u = torch.randint(0, users, (n,))
    i = (items * torch.rand(n) ** 3).long()
    r = 0.4 * (pu[u] * qi[i]).sum(1) + bu[u] + bi[i] + 0.25 * torch.randn(n)
    return u, i, r


torch.manual_seed(29)
u, i, r = ratings()
cut = 54000
model = BiasedMF(3000, 2000, 4)
opt = torch.optim.SparseAdam(list(model.parameters()), lr=0.01)
step = 0
for epoch in range(6):
    for b in torch.randperm(cut).split(256):
        loss = ((model(u[b], i[b]) - r[b]) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        if step % 30 == 0:
            msg = "  ".join("%s mean|g|=%.2e rows=%d/%d" % (n.split(".")[0], p.grad.coalesce().values().abs().sum() / p.numel(),
                            p.grad.coalesce().indices().numel(), p.size(0)) for n, p in model.named_parameters())
            logging.info("batch %d loss %.4f  %s", step, loss.item(), msg)
        opt.step()
        step += 1
    with torch.no_grad():
        rmse = ((model(u[cut:], i[cut:]) - r[cut:]) ** 2).mean().sqrt().item()
    logging.info("epoch %d valid rmse %.4f", epoch, rmse)
print("RESULT " + json.dumps({"metric": "valid_rmse", "value": round(rmse, 4)}))
