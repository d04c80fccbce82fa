"""Associative lookup: eight key/value pairs and a query, answer with the value stored under the queried key."""
import json
import logging
import sys
from types import SimpleNamespace

import torch
from torch import nn

cfg = SimpleNamespace(pairs=8, dim=16, values=6, temperature=0.002, lr=0.2, steps=600, batch=64, log_every=10)


def setup_logger():
    lg = logging.getLogger("lookup")
    h = logging.StreamHandler(sys.stdout)
    h.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s: %(message)s"))
    lg.addHandler(h)
    lg.setLevel(logging.INFO)
    return lg


def make_batch(n):
    keys = torch.randn(n, cfg.pairs, cfg.dim)
    vals = torch.randint(0, cfg.values, (n, cfg.pairs))
    slot = torch.randint(0, cfg.pairs, (n,))
    rows = torch.arange(n)
    query = keys[rows, slot] + 0.2 * torch.randn(n, cfg.dim)
    return keys, vals, query, vals[rows, slot]


class Lookup(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj = nn.Linear(cfg.dim, cfg.dim, bias=False)
        self.k_proj = nn.Linear(cfg.dim, cfg.dim, bias=False)
        self.values = nn.Embedding(cfg.values, cfg.dim)
        self.read = nn.Linear(cfg.dim, cfg.values)

    def forward(self, keys, vals, query):
        q = self.q_proj(query).unsqueeze(1)
        k = self.k_proj(keys)
        score = (q * k).sum(-1) / cfg.temperature
        weight = torch.softmax(score, dim=-1)
        picked = (weight.unsqueeze(-1) * self.values(vals)).sum(1)
        return self.read(picked)


def main():
    log = setup_logger()
    torch.manual_seed(12)
    model = Lookup()
    optimizer = torch.optim.SGD(model.parameters(), lr=cfg.lr, momentum=0.9)
    for step in range(1, cfg.steps + 1):
        keys, vals, query, answer = make_batch(cfg.batch)
        loss = nn.functional.cross_entropy(model(keys, vals, query), answer)
        optimizer.zero_grad()
        loss.backward()
        if step % cfg.log_every == 0:
            parts = ["%s=%.3e" % (n, p.grad.norm()) for n, p in model.named_parameters() if n.endswith("weight")]
            log.info("step=%d loss=%.4f | grad norm | %s", step, loss.item(), " ".join(parts))
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    with torch.no_grad():
        keys, vals, query, answer = make_batch(1000)
        acc = (model(keys, vals, query).argmax(-1) == answer).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
