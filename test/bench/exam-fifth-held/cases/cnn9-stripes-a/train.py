#!/usr/bin/env python3
"""Orientation classification of noisy stripe patterns with a plain convnet."""
import argparse
import json
import logging
import math
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

log = logging.getLogger("stripes")


def get_args():
    p = argparse.ArgumentParser()
    p.add_argument("--depth", type=int, default=9)
    p.add_argument("--width", type=int, default=12)
    p.add_argument("--init-std", type=float, default=0.02)
    p.add_argument("--lr", type=float, default=0.02)
    p.add_argument("--momentum", type=float, default=0.9)
    p.add_argument("--batch-size", type=int, default=32)
    p.add_argument("--max-steps", type=int, default=300)
    p.add_argument("--log-every", type=int, default=15)
    p.add_argument("--seed", type=int, default=11)
    return p.parse_args()


def sample(n, size=14):
    y = torch.randint(0, 4, (n,))
    ang = y.float() * math.pi / 4 + 0.15 * torch.randn(n)
    freq = 0.9 + 0.4 * torch.rand(n)
    ph = 6.28 * torch.rand(n)
    r = torch.arange(size).float()
    gx, gy = r.view(1, 1, -1), r.view(1, -1, 1)
    a = ang.view(-1, 1, 1)
    img = torch.sin(freq.view(-1, 1, 1) * (gx * a.cos() + gy * a.sin()) + ph.view(-1, 1, 1))
    return (img + 0.3 * torch.randn(n, size, size)).unsqueeze(1), y


class PlainNet(nn.Module):
    def __init__(self, depth, width, std):
        super().__init__()
        self.convs = nn.ModuleList()
        c = 1
        for _ in range(depth):
            self.convs.append(nn.Conv2d(c, width, 3, padding=1))
            c = width
        self.fc = nn.Linear(width, 4)
        self.apply(lambda m: self._init(m, std))

    @staticmethod
    def _init(m, std):
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            nn.init.normal_(m.weight, 0.0, std)
            nn.init.zeros_(m.bias)

    def forward(self, x):
        for i, conv in enumerate(self.convs):
            x = F.relu(conv(x))
            if i in (2, 5):
                x = F.max_pool2d(x, 2)
        return self.fc(x.mean((2, 3)))


def main():
    args = get_args()
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s:%(name)s:%(message)s")
    torch.manual_seed(args.seed)
    log.info("config %s", vars(args))
    model = PlainNet(args.depth, args.width, args.init_std)
    opt = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=args.momentum)
    for step in range(args.max_steps):
        x, y = sample(args.batch_size)
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        if step % args.log_every == 0:
            norms = " ".join("%s:%.2e" % (n[:-7], p.grad.norm()) for n, p in model.named_parameters() if n.endswith("weight"))
            log.info("step=%d loss=%.4f gnorm[%s]", step, loss.item(), norms)
        opt.step()
    with torch.no_grad():
        x, y = sample(600)
        acc = (model(x).argmax(1) == y).float().mean().item()
    log.info("final accuracy %.3f", acc)
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
