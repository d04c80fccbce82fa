"""Predict the strength of a click response from user and item features with stacked bilinear crosses."""
import json
import math
from dataclasses import dataclass

import torch
import torch.nn as nn
from torch.nn.utils import clip_grad_norm_


@dataclass
class Arguments:
    learning_rate: float = 0.003
    max_grad_norm: float = 1.0
    batch_size: int = 50
    max_steps: int = 300
    logging_steps: int = 2
    seed: int = 88


class CrossLayer(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.project = nn.Linear(dim, dim)

    def forward(self, x0, x):
        return x0 * self.project(x) + x


class CrossNet(nn.Module):
    def __init__(self, dim=12, depth=3):
        super().__init__()
        self.crosses = nn.ModuleList(CrossLayer(dim) for _ in range(depth))
        self.score = nn.Linear(dim, 1)

    def forward(self, x0):
        x = x0
        for cross in self.crosses:
            x = cross(x0, x)
        return self.score(x).squeeze(-1)


def impressions(n, g, mix):
    x = torch.randn(n, 12, generator=g)
    strength = x[:, 0] * x[:, 1] + 0.5 * x[:, 2] * (x @ mix) + 0.3 * x[:, 3]
    return x, strength


class ClickTrainer:
    def __init__(self, args):
        self.args = args
        torch.manual_seed(args.seed)
        g = torch.Generator().manual_seed(args.seed + 1)
        mix = 0.3 * torch.randn(12, generator=g)
        self.train_set = impressions(2000, g, mix)
        self.eval_set = impressions(600, g, mix)
        self.model = CrossNet()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=args.learning_rate)

    def batches(self):
        x, y = self.train_set
        while True:
            for idx in torch.randperm(len(x)).split(self.args.batch_size):
                yield x[idx], y[idx]

    def optimize(self, x, y):
        loss = nn.functional.mse_loss(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        grad_norm = clip_grad_norm_(self.model.parameters(), self.args.max_grad_norm)
        return loss.item(), grad_norm.item()

    def train(self):
        per_epoch = len(self.train_set[0]) / self.args.batch_size
        for step, (x, y) in enumerate(self.batches(), start=1):
            loss, grad_norm = self.optimize(x, y)
            if step % self.args.logging_steps == 0:
                print({"loss": round(loss, 4), "grad_norm": grad_norm, "learning_rate": self.args.learning_rate,
                       "epoch": round(step / per_epoch, 3)})
            if step == self.args.max_steps:
                break

    def evaluate(self):
        x, y = self.eval_set
        with torch.no_grad():
            return (nn.functional.mse_loss(self.model(x), y) / y.var()).item()


if __name__ == "__main__":
    trainer = ClickTrainer(Arguments())
    trainer.train()
    value = trainer.evaluate()
    print("RESULT " + json.dumps({"metric": "relative_mse", "value": round(value, 4) if math.isfinite(value) else None}))
