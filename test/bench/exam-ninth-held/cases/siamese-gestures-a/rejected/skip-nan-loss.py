#!/usr/bin/env python
"""Siamese embedding of pen gestures, after Hadsell et al. (contrastive loss)."""
import argparse
import json
import math
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


def parse_args():
    parser = argparse.ArgumentParser(description="Siamese gestures")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=1280, help="pairs per epoch")
    parser.add_argument("--margin", type=float, default=1.0)
    parser.add_argument("--embedding-dim", type=int, default=8)
    parser.add_argument("--log-file", default="train.jsonl")
    parser.add_argument("--seed", type=int, default=3)
    return parser.parse_args()


def draw(kind, rng, points=24):
    t = np.linspace(0, 1, points)
    if kind == 0:      # loop
        xy = np.stack([np.cos(2 * np.pi * t), np.sin(2 * np.pi * t)])
    elif kind == 1:    # zigzag
        xy = np.stack([2 * t - 1, 0.7 * np.sign(np.sin(6 * np.pi * t))])
    elif kind == 2:    # tick
        xy = np.stack([2 * t - 1, np.abs(3 * t - 1) - 0.7])
    elif kind == 3:    # wave
        xy = np.stack([2 * t - 1, 0.7 * np.sin(4 * np.pi * t)])
    else:              # bow
        xy = np.stack([np.sin(2 * np.pi * t), np.sin(4 * np.pi * t) / 1.4])
    angle = rng.normal(0, 0.45)
    rot = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    xy = rot @ xy * rng.uniform(0.6, 1.3) + rng.normal(0, 0.2, (2, 1)) + rng.normal(0, 0.12, xy.shape)
    return xy.astype(np.float32)


class GesturePairs(Dataset):
    def __init__(self, gestures, labels, n_pairs):
        self.gestures, self.labels, self.n_pairs = gestures, labels, n_pairs
        self.by_class = {int(c): np.where(labels == c)[0].tolist() for c in np.unique(labels)}

    def __len__(self):
        return self.n_pairs

    def __getitem__(self, _):
        i = random.randrange(len(self.labels))
        c = int(self.labels[i])
        if random.random() < 0.5:
            j = random.choice(self.by_class[c])
            same = 1.0
        else:
            other = random.choice([k for k in self.by_class if k != c])
            j = random.choice(self.by_class[other])
            same = 0.0
        return self.gestures[i], self.gestures[j], np.float32(same)


class Encoder(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.conv1 = nn.Conv1d(2, 16, 5, padding=2)
        self.conv2 = nn.Conv1d(16, 32, 5, padding=2, stride=2)
        self.fc1 = nn.Linear(32 * 12, 64)
        self.fc2 = nn.Linear(64, dim)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class ContrastiveLoss(nn.Module):
    def __init__(self, margin):
        super().__init__()
        self.margin = margin

    def forward(self, za, zb, same):
        dist = torch.sqrt(((za - zb) ** 2).sum(dim=1))
        pull = same * dist.pow(2)
        push = (1 - same) * torch.clamp(self.margin - dist, min=0).pow(2)
        return (pull + push).mean()


def grads_by_module(net):
    tree = {}
    for name, p in net.named_parameters():
        mod, leaf = name.rsplit(".", 1)
        tree.setdefault(mod, {})[leaf] = p.grad.norm().item()
    return tree


def nearest_neighbour_accuracy(net, ref, ref_y, query, query_y):
    with torch.no_grad():
        z_ref, z_q = net(ref), net(query)
    if not torch.isfinite(z_q).all():
        return None
    nearest = torch.cdist(z_q, z_ref).argmin(dim=1)
    return round((ref_y[nearest] == query_y).float().mean().item(), 4)


def main():
    args = parse_args()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)

    labels = np.repeat(np.arange(5), 240)
    gestures = np.stack([draw(c, rng) for c in labels])
    test_y = np.repeat(np.arange(5), 60)
    test_x = np.stack([draw(c, rng) for c in test_y])

    loader = DataLoader(GesturePairs(gestures, labels, args.pairs), batch_size=args.batch_size)
    net = Encoder(args.embedding_dim)
    criterion = ContrastiveLoss(args.margin)
    optimizer = torch.optim.Adam(net.parameters(), lr=args.lr)

    step = 0
    with open(args.log_file, "w") as log:
        for epoch in range(args.epochs):
            for a, b, same in loader:
                loss = criterion(net(a), net(b), same)
                if not torch.isfinite(loss):
                    continue
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                step += 1
                if step % 2 == 0:
                    record = {"epoch": epoch, "step": step, "loss": loss.item(), "grad_norm": grads_by_module(net)}
                    log.write(json.dumps(record) + "\n")

    acc = nearest_neighbour_accuracy(net, torch.from_numpy(gestures), torch.from_numpy(labels),
                                     torch.from_numpy(test_x), torch.from_numpy(test_y))
    print("RESULT " + json.dumps({"metric": "knn_accuracy", "value": acc}))


if __name__ == "__main__":
    main()
