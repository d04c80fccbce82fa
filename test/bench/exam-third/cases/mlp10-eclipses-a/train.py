#!/usr/bin/env python3
"""Recover the orbital phase class of an eclipsing binary from a folded light curve."""
import argparse
import json

import torch
from torch import nn


def parse_args():
    p = argparse.ArgumentParser()
    p.add_argument("--depth", type=int, default=9)
    p.add_argument("--width", type=int, default=48)
    p.add_argument("--act", choices=["sigmoid", "tanh", "relu"], default="sigmoid")
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--epochs", type=int, default=20)
    p.add_argument("--batch-size", type=int, default=64)
    p.add_argument("--seed", type=int, default=5)
    return p.parse_args()


ACTS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}


def light_curves(n, gen):
    t = torch.linspace(0, 1, 32)
    depth = 0.3 + 0.5 * torch.rand(n, 1, generator=gen)
    label = torch.randint(0, 4, (n,), generator=gen)
    centre = 0.125 + 0.25 * label.unsqueeze(1) + 0.06 * torch.randn(n, 1, generator=gen)
    curve = 1 - depth * torch.exp(-((t - centre) / 0.07) ** 2)
    curve = curve + 0.05 * torch.randn(n, 32, generator=gen)
    # standardise every curve so that brightness does not matter
    return (curve - curve.mean(1, keepdim=True)) / curve.std(1, keepdim=True), label


def make_net(depth, width, act):
    layers, d = [], 32
    for _ in range(depth):
        layers += [nn.Linear(d, width), ACTS[act]()]
        d = width
    layers.append(nn.Linear(d, 4))
    return nn.Sequential(*layers)


def main():
    args = parse_args()
    torch.manual_seed(args.seed)
    gen = torch.Generator().manual_seed(args.seed + 1)
    xtr, ytr = light_curves(1536, gen)
    xte, yte = light_curves(512, gen)
    net = make_net(args.depth, args.width, args.act)
    opt = torch.optim.SGD(net.parameters(), lr=args.lr * 30, momentum=0.9)
    ce = nn.CrossEntropyLoss()
    for epoch in range(1, args.epochs + 1):
        total, norms = 0.0, {}
        order = torch.randperm(len(xtr), generator=gen)
        for idx in order.split(args.batch_size):
            opt.zero_grad()
            loss = ce(net(xtr[idx]), ytr[idx])
            loss.backward()
            for name, p in net.named_parameters():
                if name.endswith("weight"):
                    norms[name] = norms.get(name, 0.0) + p.grad.norm().item()
            opt.step()
            total += loss.item() * len(idx)
        nb = len(order.split(args.batch_size))
        print(f"== epoch {epoch:2d}  train loss {total / len(xtr):.4f}")
        for name, v in norms.items():
            print(f"   {name:<10s} grad norm {v / nb:.3e}")
    with torch.no_grad():
        acc = (net(xte).argmax(1) == yte).float().mean().item()
    print("RESULT " + json.dumps({"metric": "test_acc", "value": acc}))


if __name__ == "__main__":
    main()
