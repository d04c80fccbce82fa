"""Transformer encoder: is the bracket string balanced?"""
import argparse
import json
import logging
import sys

import torch
from torch import nn

ap = argparse.ArgumentParser()
ap.add_argument("--lr", type=float, default=2e-3)
ap.add_argument("--warmup", type=int, default=100)
ap.add_argument("--steps", type=int, default=400)
args = ap.parse_args()

logger = logging.getLogger("train")
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
logger.addHandler(handler)
logger.setLevel(logging.INFO)

torch.manual_seed(10)
LEN, DIM = 10, 32


def strings(n):
    s = torch.randint(0, 2, (n, LEN))
    # half of them are made balanced by pairing neighbours, some nested
    k = n // 2
    half = torch.randint(0, 2, (k, LEN // 2))
    s[:k, 0::2], s[:k, 1::2] = 0, 1
    swap = half[:, :-1].bool()
    for j in range(LEN // 2 - 1):
        rows = swap[:, j]
        s[:k][rows, 2 * j + 1], s[:k][rows, 2 * j + 2] = 0, 1
    depth = torch.cumsum(1 - 2 * s, 1)
    ok = (depth >= 0).all(1) & (depth[:, -1] == 0)
    return s, ok.long()


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(2, DIM)
        self.pos = nn.Parameter(torch.randn(LEN, DIM) * 0.5)
        layer = nn.TransformerEncoderLayer(DIM, 4, 64, dropout=0.0, batch_first=True, norm_first=True)
        self.enc = nn.TransformerEncoder(layer, 2)
        self.out = nn.Linear(DIM * LEN, 2)
        nn.init.normal_(self.out.weight, std=0.3)

    def forward(self, s):
        return self.out(self.enc(self.tok(s) + self.pos).flatten(1))


model = Encoder()
opt = torch.optim.AdamW(model.parameters(), lr=args.lr)
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda i: min((i + 1) / args.warmup, 1.0))
for step in range(args.steps):
    s, y = strings(32)
    loss = nn.functional.cross_entropy(model(s), y)
    opt.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    opt.step()
    sched.step()
    if step % 4 == 0:
        logger.info("step %d/%d loss=%.4f grad_norm=%.4f lr=%.2e", step, args.steps, loss.item(), norm, sched.get_last_lr()[0])
s, y = strings(1000)
with torch.no_grad():
    acc = (model(s).argmax(1) == y).float().mean().item()
print("RESULT", json.dumps({"metric": "acc", "value": round(acc, 4)}))
