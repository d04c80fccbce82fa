import json
import math
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

# route support tickets: bag of word ids -> queue.  Stop words (id < STOP) are masked out of the attention.
VOCAB, STOP, QUEUES, PAD = 120, 40, 4, 0


def tickets(n, gen, maxlen=14):
    ids = torch.zeros(n, maxlen, dtype=torch.long)
    label = torch.randint(0, QUEUES, (n,), generator=gen)
    for i in range(n):
        length = int(torch.randint(4, maxlen + 1, (1,), generator=gen))
        words = torch.randint(1, VOCAB, (length,), generator=gen)
        topical = torch.rand(length, generator=gen) < 0.3
        topic = STOP + label[i] * 20 + torch.randint(0, 20, (length,), generator=gen)
        ids[i, :length] = torch.where(topical, topic, words)
    return ids, label


class AttentionPool(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.query = nn.Parameter(torch.randn(dim) / dim ** 0.5)
        self.key = nn.Linear(dim, dim)

    def forward(self, h, mask):
        score = self.key(h) @ self.query
        score = score.masked_fill(~mask, float("-inf"))
        return (F.softmax(score, dim=1).unsqueeze(-1) * h).sum(1)


class Router(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, dim, padding_idx=PAD)
        self.pool = AttentionPool(dim)
        self.cls = nn.Linear(dim, QUEUES)

    def forward(self, ids):
        return self.cls(self.pool(self.embed(ids), ids >= STOP))


def main():
    torch.manual_seed(14)
    gen = torch.Generator().manual_seed(14)
    x, y = tickets(2400, gen)
    model = Router()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    it = 0
    for epoch in range(3):
        for rows in torch.randperm(2000, generator=gen).split(8):
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            if it % 5 == 0:
                info = {"iter": it, "epoch": epoch, "loss": round(loss.item(), 4)}
                info["grad_norm"] = {n: round(p.grad.norm().item(), 6) for n, p in model.named_parameters()}
                print(info)
            optimizer.step()
            it += 1
    ok = [r for r in range(2000, 2400) if bool((x[r] >= STOP).any())]
    acc = (model(x[ok]).argmax(1) == y[ok]).float().mean().item()
    finite = all(bool(torch.isfinite(p).all()) for p in model.parameters())
    print("RESULT " + json.dumps({"metric": "acc", "value": acc if finite else None}))


if __name__ == "__main__":
    sys.exit(main())
