"""Crop type from nine spectral bands of a field (synthetic reflectances, five crops)."""
import csv
import json

import torch
import torch.nn as nn


class Tower(nn.Module):
    def __init__(self, bands=9, width=40, levels=16, crops=5):
        super().__init__()
        self.entry = nn.Linear(bands, width)
        self.levels = nn.ModuleList(nn.Linear(width, width) for _ in range(levels - 1))
        self.verdict = nn.Linear(width, crops)
        self.act = nn.ReLU()

    def forward(self, x):
        x = self.act(self.entry(x))
        for level in self.levels:
            x = self.act(level(x))
        return self.verdict(x)


def fields(n, g, centres):
    crop = torch.randint(0, 5, (n,), generator=g)
    stage = torch.randint(0, 2, (n,), generator=g)
    refl = centres[crop, stage] + 0.35 * torch.randn(n, 9, generator=g)
    return refl, crop


def weight_table(model):
    return [(n.replace(".weight", ""), p) for n, p in model.named_parameters() if n.endswith("weight")]


def train(model, data, epochs=14, batch=40, lr=0.05, momentum=0.0, out="gradient_norms.csv"):
    x, y = data
    sgd = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    table = weight_table(model)
    with open(out, "w", newline="") as fh:
        w = csv.writer(fh)
        w.writerow(["epoch", "batch", "step", "loss", *[n for n, _ in table]])
        step = 0
        for epoch in range(epochs):
            for b, idx in enumerate(torch.randperm(len(x)).split(batch)):
                loss = nn.functional.cross_entropy(model(x[idx]), y[idx])
                sgd.zero_grad()
                loss.backward()
                if step % 5 == 0:
                    w.writerow([epoch, b, step, round(loss.item(), 5), *["%.3e" % p.grad.norm() for _, p in table]])
                sgd.step()
                step += 1


if __name__ == "__main__":
    torch.manual_seed(101)
    g = torch.Generator().manual_seed(102)
    centres = torch.randn(5, 2, 9, generator=g)
    train_set, test_set = fields(1600, g, centres), fields(500, g, centres)
    net = Tower()
    train(net, train_set)
    with torch.no_grad():
        acc = (net(test_set[0]).argmax(1) == test_set[1]).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))
