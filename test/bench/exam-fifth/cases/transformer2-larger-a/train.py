#!/usr/bin/env python3
"""Encoder transformer, the larger of two digits among distractors. Usage: train.py [--key value ...]"""
import argparse
import json
import logging
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

DEFAULTS = {"dim": 48, "layers": 2, "heads": 4, "peak_lr": 4e-3, "warmup": 60, "steps": 280, "batch": 48, "clip": 1.0, "seed": 10, "log": 6}


class Model(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed = nn.Embedding(20, c.dim)
        nn.init.normal_(self.embed.weight, std=2.0)
        self.pos = nn.Parameter(torch.randn(6, c.dim))
        layer = nn.TransformerEncoderLayer(c.dim, c.heads, 3 * c.dim, dropout=0.0, norm_first=True, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, c.layers)
        self.head = nn.Linear(c.dim, 10)
        nn.init.normal_(self.head.weight, std=0.8)

    def forward(self, x):
        return self.head(self.encoder(self.embed(x) + self.pos).sum(1))


def data(n):
    """two digits (0-9) at random places, the rest are letters (10-19)"""
    x = torch.randint(10, 20, (n, 6))
    where = torch.rand(n, 6).argsort(1)[:, :2]
    d = torch.randint(0, 10, (n, 2))
    d[:, 1] = d[:, 1] % 3
    x.scatter_(1, where, d)
    return x, d.max(1).values


def schedule(step, c):
    if step < c.warmup:
        return c.peak_lr * (step + 1) / c.warmup
    return c.peak_lr * (c.warmup / (step + 1)) ** 0.5


def main():
    ap = argparse.ArgumentParser()
    for k, v in DEFAULTS.items():
        ap.add_argument("--" + k, type=type(v), default=v)
    c = ap.parse_args()
    logging.basicConfig(format="%(name)s | %(message)s", level="INFO", stream=sys.stdout)
    logger = logging.getLogger("train")
    torch.manual_seed(c.seed)
    model = Model(c)
    opt = torch.optim.Adam(model.parameters(), lr=1.0, betas=(0.9, 0.98))
    for step in range(c.steps):
        lr = schedule(step, c)
        opt.param_groups[0]["lr"] = lr
        x, y = data(c.batch)
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), c.clip)
        opt.step()
        if step % c.log == 0:
            logger.info("step %4d | loss %7.3f | lr %.2e | grad_norm (before clip) %8.2f", step, loss.item(), lr, norm)
    model.eval()
    with torch.no_grad():
        x, y = data(1000)
        acc = (model(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
