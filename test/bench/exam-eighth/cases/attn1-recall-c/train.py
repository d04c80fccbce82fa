"""Associative recall: a list of (key, value) pairs, then a key; answer with its value."""
import argparse
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--n-pairs", type=int, default=6)
parser.add_argument("--n-symbols", type=int, default=12)
parser.add_argument("--d-model", type=int, default=32)
parser.add_argument("--iters", type=int, default=600)
parser.add_argument("--bs", type=int, default=64)
parser.add_argument("--lr", type=float, default=3e-3)


class Recall(nn.Module):
    def __init__(self, n_symbols, d):
        super().__init__()
        self.key_emb = nn.Embedding(n_symbols, d)
        self.val_emb = nn.Embedding(n_symbols, d)
        self.q_proj = nn.Linear(d, d)
        self.k_proj = nn.Linear(d, d)
        self.v_proj = nn.Linear(d, d)
        self.o_proj = nn.Linear(d, d)
        self.norm = nn.LayerNorm(d)
        self.lm_head = nn.Linear(d, n_symbols)

    def forward(self, keys, vals, query):
        memory = self.key_emb(keys) + self.val_emb(vals)
        q = self.q_proj(self.key_emb(query)).unsqueeze(1)
        att = q @ self.k_proj(memory).transpose(1, 2) / math.sqrt(q.shape[-1])
        read = att.softmax(-1) @ self.v_proj(memory)
        return self.lm_head(self.norm(self.o_proj(read.squeeze(1))))


def episode(a, g):
    keys = torch.stack([torch.randperm(a.n_symbols, generator=g)[:a.n_pairs] for _ in range(a.bs)])
    vals = torch.randint(0, a.n_symbols, (a.bs, a.n_pairs), generator=g)
    pick = torch.randint(0, a.n_pairs, (a.bs, 1), generator=g)
    return keys, vals, keys.gather(1, pick).squeeze(1), vals.gather(1, pick).squeeze(1)


def main(a):
    torch.manual_seed(1)
    g = torch.Generator().manual_seed(1)
    net = Recall(a.n_symbols, a.d_model)
    opt = torch.optim.AdamW(net.parameters(), lr=a.lr, weight_decay=0.01)
    with open("recall.jsonl", "w") as fh:
        for it in range(a.iters):
            k, v, q, t = episode(a, g)
            loss = F.cross_entropy(net(k, v, q), t)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            if it % 10 == 0:
                rec = {"step": it, "train/loss": loss.item(), "train/lr": a.lr}
                rec.update({f"grads/{n}": p.grad.norm().item() for n, p in net.named_parameters()})
                print(json.dumps(rec), file=fh)
            opt.step()
    with torch.no_grad():
        hits = []
        for _ in range(20):
            k, v, q, t = episode(a, g)
            hits.append((net(k, v, q).argmax(-1) == t).float().mean())
    print("RESULT " + json.dumps({"metric": "recall", "value": round(torch.stack(hits).mean().item(), 4)}))


if __name__ == "__main__":
    main(parser.parse_args())
