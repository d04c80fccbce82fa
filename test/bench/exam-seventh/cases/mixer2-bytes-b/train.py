"""Byte model on a repetitive machine protocol, trained with a static loss scale as in half precision jobs."""
import argparse
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

PROTOCOL = b"BEGIN;SET 12;GET 7;ACK;END\nBEGIN;GET 3;NAK;RETRY;ACK;END\nBEGIN;SET 5;ACK;GET 5;ACK;END\n"


def get_args():
    p = argparse.ArgumentParser("byte mixer")
    p.add_argument("--context", type=int, default=16)
    p.add_argument("--hidden", type=int, default=48)
    p.add_argument("--layers", type=int, default=2)
    p.add_argument("--iters", type=int, default=260)
    p.add_argument("--batch", type=int, default=24)
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--loss-scale", type=float, default=4096.0)
    p.add_argument("--clip-grad", type=float, default=1.0)
    return p.parse_args()


class MixerBlock(nn.Module):
    def __init__(self, ctx, dim):
        super().__init__()
        self.norm_t, self.norm_c = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.time = nn.Linear(ctx, ctx)
        self.chan = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, x):
        x = x + self.time(self.norm_t(x).transpose(1, 2)).transpose(1, 2)
        return x + self.chan(self.norm_c(x))


class ByteMixer(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.table = nn.Embedding(128, args.hidden)
        self.blocks = nn.Sequential(*(MixerBlock(args.context, args.hidden) for _ in range(args.layers)))
        self.norm = nn.LayerNorm(args.hidden)
        self.unembed = nn.Linear(args.hidden, 128)

    def forward(self, ids):
        return self.unembed(self.norm(self.blocks(self.table(ids)))[:, -1])


class ScaledOptimizer:
    """Keeps the loss scale; gradients are divided by it before clipping and stepping."""

    def __init__(self, params, lr, scale, clip):
        self.params = list(params)
        self.inner = torch.optim.AdamW(self.params, lr=lr)
        self.scale, self.clip, self.skipped = scale, clip, 0

    def backward(self, loss):
        self.inner.zero_grad()
        (loss * self.scale).backward()

    def step(self):
        for p in self.params:
            p.grad.div_(self.scale)
        norm = float(nn.utils.clip_grad_norm_(self.params, self.clip))
        if norm == norm and norm < float("inf"):
            self.inner.step()
        else:
            self.skipped += 1
        return norm


def windows(data, n, ctx):
    s = torch.randint(0, len(data) - ctx, (n,)).tolist()
    return torch.stack([data[i:i + ctx] for i in s]), torch.stack([data[i + ctx] for i in s])


def main():
    args = get_args()
    torch.manual_seed(3)
    data = torch.tensor(list(PROTOCOL * 6))
    model = ByteMixer(args)
    optimizer = ScaledOptimizer(model.parameters(), args.lr, args.loss_scale, args.clip_grad)
    tick = time.time()
    for it in range(1, args.iters + 1):
        x, y = windows(data, args.batch, args.context)
        loss = F.cross_entropy(model(x), y)
        optimizer.backward(loss)
        norm = optimizer.step()
        if it % 2 == 0:
            now = time.time()
            print(f" iteration {it:8d}/{args.iters:8d} | consumed samples: {it * args.batch:10d} | elapsed time per "
                  f"iteration (ms): {500 * (now - tick):.1f} | learning rate: {args.lr:.3E} | lm loss: {loss.item():.6E} | "
                  f"loss scale: {args.loss_scale:.1f} | grad norm: {norm:.3f} | "
                  f"number of skipped iterations: {optimizer.skipped:3d} |")
            tick = now
    with torch.no_grad():
        x, y = windows(data, 500, args.context)
        acc = (model(x).argmax(-1) == y).float().mean().item()
    print('RESULT {"metric": "next_byte_accuracy", "value": %.4f}' % acc)


if __name__ == "__main__":
    main()
