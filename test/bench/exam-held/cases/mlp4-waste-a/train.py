import json
from dataclasses import dataclass, field

import torch
import torch.nn as nn


@dataclass
class OptimConfig:
    lr: float = 5e-2
    momentum: float = 0.9
    clip: float = 200.0


@dataclass
class RunConfig:
    seed: int = 16
    iterations: int = 320
    batch_size: int = 128
    optim: OptimConfig = field(default_factory=OptimConfig)


class WasteModel(nn.Module):
    """Hourly amounts of twelve kinds of waste from ten indicators."""

    def __init__(self, n_in=10, n_out=12, hidden=64):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n_in, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU())
        self.heads = nn.ModuleDict({f"kind_{k}": nn.Linear(hidden, 1) for k in range(n_out)})

    def forward(self, x):
        z = self.encoder(x)
        return torch.cat([head(z) for head in self.heads.values()], dim=1)


def make_task(gen):
    a = torch.randn(10, 12, generator=gen) * 0.6
    b = torch.randn(10, 12, generator=gen) * 0.4

    def sample(n):
        x = torch.randn(n, 10, generator=gen)
        return x, torch.sin(x @ a) + x @ b
    return sample


def main(cfg):
    torch.manual_seed(cfg.seed)
    sample = make_task(torch.Generator().manual_seed(cfg.seed))
    model = WasteModel()
    optimizer = torch.optim.SGD(model.parameters(), lr=cfg.optim.lr, momentum=cfg.optim.momentum)
    criterion = nn.MSELoss(reduction="sum")
    with open("log.jsonl", "w") as fh:
        for it in range(cfg.iterations):
            x, y = sample(cfg.batch_size)
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            grad_norm = nn.utils.clip_grad_norm_(model.parameters(), cfg.optim.clip)
            optimizer.step()
            if it % 2 == 0:
                fh.write(json.dumps({"iteration": it, "loss": round(loss.item(), 3), "grad_norm": round(grad_norm.item(), 3)}) + "\n")
    x, y = sample(2000)
    with torch.no_grad():
        rel = ((model(x) - y) ** 2).mean() / y.var()
    print("RESULT " + json.dumps({"metric": "relative_mse", "value": round(rel.item(), 5)}))


if __name__ == "__main__":
    main(RunConfig())
