"""Classify the phase regime of a two-oscillator system from eight noisy readings."""
import json
from dataclasses import dataclass, asdict

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class TrainConfig:
    depth: int = 28
    width: int = 48
    lr: float = 5e-3
    momentum: float = 0.9
    batch_size: int = 64
    max_steps: int = 500
    log_every: int = 5
    seed: int = 7


def simulate(n, generator):
    a = torch.rand(n, generator=generator) * 6.2832
    b = torch.rand(n, generator=generator) * 6.2832
    x = torch.stack([a.sin(), a.cos(), b.sin(), b.cos(), (a - b).sin(), (a + b).cos(), (2 * a).sin(), (2 * b).cos()], 1)
    y = ((a - b).cos() > 0).long() + 2 * ((a + b).sin() > 0).long()
    return x + 0.02 * torch.randn(n, 8, generator=generator), y


class PhaseNet(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.stem = nn.Linear(8, cfg.width)
        self.hidden = nn.ModuleList([nn.Linear(cfg.width, cfg.width) for _ in range(cfg.depth)])
        self.head = nn.Linear(cfg.width, 4)

    def forward(self, x):
        x = F.gelu(self.stem(x))
        for layer in self.hidden:
            x = F.gelu(layer(x))
        return self.head(x)


def main():
    cfg = TrainConfig()
    torch.manual_seed(cfg.seed)
    g = torch.Generator().manual_seed(cfg.seed)
    model = PhaseNet(cfg)
    optimizer = torch.optim.SGD(model.parameters(), lr=cfg.lr, momentum=cfg.momentum)

    print(json.dumps({"config": asdict(cfg)}))
    for step in range(1, cfg.max_steps + 1):
        x, y = simulate(cfg.batch_size, g)
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        if step % cfg.log_every == 0:
            grads = {n: float(f"{p.grad.norm().item():.4g}") for n, p in model.named_parameters() if n.endswith("weight")}
            print(json.dumps({"step": step, "loss": round(loss.item(), 5), "grad_norms": grads}))
        optimizer.step()

    x, y = simulate(2000, g)
    with torch.no_grad():
        acc = (model(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
