import json
import logging
import random

import numpy as np
import torch
import torch.nn as nn

log = logging.getLogger("siamese")


def setup_logging():
    fmt = logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s")
    fh = logging.FileHandler("siamese.log", mode="w")
    fh.setFormatter(fmt)
    log.addHandler(fh)
    log.setLevel(logging.INFO)


class GestureData:
    """2-D pen strokes: every class is a random smooth template, every sample a distorted copy."""

    def __init__(self, n_class=12, n_per_class=25, length=24, seed=3):
        rng = np.random.RandomState(seed)
        t = np.linspace(0, 1, length)
        self.items = []
        for c in range(n_class):
            a, b = rng.randn(2, 3), rng.randn(2, 3)
            for _ in range(n_per_class):
                s, w = 1 + 0.15 * rng.randn(), 0.05 * rng.randn()
                xy = [sum(a[d, k] * np.sin(2 * np.pi * (k + 1) * (t + w)) / (k + 1) +
                          b[d, k] * np.cos(2 * np.pi * (k + 1) * (t + w)) / (k + 1) for k in range(3)) for d in range(2)]
                self.items.append((s * np.stack(xy) + 0.08 * rng.randn(2, length), c))
        self.by_class = [[i for i, (_, k) in enumerate(self.items) if k == c] for c in range(n_class)]
        self.n_class = n_class

    def pair(self, rng):
        c = rng.randrange(self.n_class)
        i = rng.choice(self.by_class[c])
        if rng.random() < 0.5:
            j, same = rng.choice(self.by_class[c]), 1.0
        else:
            other = (c + 1 + rng.randrange(self.n_class - 1)) % self.n_class
            j, same = rng.choice(self.by_class[other]), 0.0
        return self.items[i][0], self.items[j][0], same

    def batch(self, n, rng):
        a, b, s = zip(*[self.pair(rng) for _ in range(n)])
        return (torch.tensor(np.array(a), dtype=torch.float32), torch.tensor(np.array(b), dtype=torch.float32),
                torch.tensor(s))


class Embedder(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv1d(2, 16, 5, padding=2), nn.ReLU(), nn.MaxPool1d(2),
            nn.Conv1d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2))
        self.project = nn.Linear(32 * 6, dim)

    def forward(self, x):
        return self.project(self.features(x).flatten(1))


def distance(u, v):
    return torch.sqrt(((u - v) ** 2).sum(dim=1))


def contrastive_loss(d, same, margin=2.0):
    return (same * d ** 2 + (1 - same) * torch.clamp(margin - d, min=0) ** 2).mean()


def evaluate(model, data, rng):
    model.eval()
    with torch.no_grad():
        a, b, same = data.batch(600, rng)
        d = distance(model(a), model(b))
        if torch.isnan(d).any():
            return float("nan")
        return ((d < 1.0).float() == same).float().mean().item()


def main():
    setup_logging()
    torch.manual_seed(11)
    rng = random.Random(11)
    data = GestureData()
    model = Embedder()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    for step in range(1, 501):
        a, b, same = data.batch(16, rng)
        loss = contrastive_loss(distance(model(a), model(b)), same)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 4 == 0 or step == 1:
            total = torch.norm(torch.stack([p.grad.norm() for p in model.parameters()])).item()
            log.info("step=%d loss=%.5f grad_norm=%.5f", step, loss.item(), total)

    print("RESULT " + json.dumps({"metric": "pair_accuracy", "value": round(evaluate(model, data, rng), 4)}))


if __name__ == "__main__":
    main()
