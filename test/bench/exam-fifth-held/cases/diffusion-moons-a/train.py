"""DDPM on two moons. Phase 1 trains from scratch, later phases refine; each phase has its own learning rate."""
import json
import logging
import math
import sys
from dataclasses import dataclass, field
from typing import List

import torch
import torch.nn as nn

logging.basicConfig(stream=sys.stdout, format="[%(levelname).1s] %(message)s", level=logging.INFO)


@dataclass
class Config:
    timesteps: int = 50
    hidden: int = 96
    batch: int = 64
    lr: float = 1e-3
    milestones: List[int] = field(default_factory=lambda: [450, 650])
    decay: float = 10.0
    iters: int = 900
    seed: int = 3


def moons(n):
    a = math.pi * torch.rand(n)
    up = torch.rand(n) < 0.5
    x = torch.where(up, a.cos(), 1 - a.cos())
    y = torch.where(up, a.sin(), 0.5 - a.sin())
    return torch.stack([x - 0.5, y - 0.25], 1) * 1.5 + 0.05 * torch.randn(n, 2)


class Denoiser(nn.Module):
    def __init__(self, h):
        super().__init__()
        self.inp = nn.Linear(2 + 16, h)
        self.mid = nn.ModuleList([nn.Linear(h, h) for _ in range(2)])
        self.out = nn.Linear(h, 2)

    def forward(self, x, t):
        f = torch.exp(torch.linspace(0, 4, 8))
        e = t.float().unsqueeze(1) / 50 * f
        h = nn.functional.silu(self.inp(torch.cat([x, e.sin(), e.cos()], 1)))
        for m in self.mid:
            h = h + nn.functional.silu(m(h))
        return self.out(h)


class Diffusion:
    def __init__(self, cfg):
        self.cfg = cfg
        beta = torch.linspace(1e-3, 0.15, cfg.timesteps)
        self.abar = torch.cumprod(1 - beta, 0)

    def loss(self, model, x):
        t = torch.randint(0, self.cfg.timesteps, (len(x),))
        eps = torch.randn_like(x)
        ab = self.abar[t].unsqueeze(1)
        return ((model(ab.sqrt() * x + (1 - ab).sqrt() * eps, t) - eps) ** 2).mean()


def main():
    cfg = Config()
    torch.manual_seed(cfg.seed)
    model, diff = Denoiser(cfg.hidden), Diffusion(cfg)
    opt = torch.optim.Adam(model.parameters(), lr=cfg.lr)
    sched = torch.optim.lr_scheduler.MultiStepLR(opt, milestones=cfg.milestones, gamma=cfg.decay)
    avg = 0.0
    for it in range(1, cfg.iters + 1):
        loss = diff.loss(model, moons(cfg.batch))
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
        avg += loss.item()
        if it % 20 == 0:
            logging.info("iter %d/%d noise-mse %.5f learning-rate %.1e", it, cfg.iters, avg / 20, sched.get_last_lr()[0])
            avg = 0.0
    torch.manual_seed(99)
    with torch.no_grad():
        val = sum(diff.loss(model, moons(1000)).item() for _ in range(10)) / 10
    print("RESULT " + json.dumps({"metric": "val_noise_mse", "value": round(val, 4)}))


if __name__ == "__main__":
    main()
