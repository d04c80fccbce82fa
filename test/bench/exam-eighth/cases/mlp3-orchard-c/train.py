"""Fruit sorting from twelve optical measurements, with warm restarts."""
import json
import sys
import time
from dataclasses import dataclass

import torch
import torch.nn as nn
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts


@dataclass(frozen=True)
class Cfg:
    classes: int = 7
    features: int = 12
    hidden: int = 64
    lr_max: float = 0.4
    lr_min: float = 1e-3
    cycle: int = 100
    cycles: int = 5
    batch: int = 48


def sample(cfg, centres, n):
    y = torch.randint(cfg.classes, (n,))
    blob = torch.randint(3, (n,))
    return centres[y, blob] + 0.45 * torch.randn(n, cfg.features), y


def progress(done, total, t0, text):
    rate = done / (time.time() - t0 + 1e-9)
    left = (total - done) / rate
    bar = "#" * (done * 20 // total)
    sys.stdout.write("\rtrain: %3d%%|%-20s| %d/%d [%02d:%02d<%02d:%02d, %5.1fit/s, %s]" % (
        100 * done // total, bar, done, total, *divmod(int(done / rate), 60), *divmod(int(left), 60), rate, text))


def main(cfg=Cfg()):
    torch.manual_seed(44)
    centres = torch.randn(cfg.classes, 3, cfg.features)
    model = nn.Sequential(nn.Linear(cfg.features, cfg.hidden), nn.ReLU(), nn.Linear(cfg.hidden, cfg.hidden), nn.ReLU(),
                          nn.Linear(cfg.hidden, cfg.classes))
    opt = torch.optim.SGD(model.parameters(), lr=cfg.lr_max, momentum=0.9)
    sched = CosineAnnealingWarmRestarts(opt, T_0=cfg.cycle, eta_min=cfg.lr_min)
    ce = nn.CrossEntropyLoss()
    total, t0 = cfg.cycle * cfg.cycles, time.time()
    for it in range(1, total + 1):
        x, y = sample(cfg, centres, cfg.batch)
        loss = ce(model(x), y)
        opt.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        lr = opt.param_groups[0]["lr"]
        opt.step()
        sched.step()
        progress(it, total, t0, "loss=%.4f, grad_norm=%.3f, lr=%.2e" % (loss.item(), norm, lr))
    sys.stdout.write("\n")
    with torch.no_grad():
        x, y = sample(cfg, centres, 3000)
        acc = (model(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
