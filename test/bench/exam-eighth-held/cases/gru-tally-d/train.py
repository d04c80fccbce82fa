from __future__ import annotations

import json
from typing import NamedTuple

import torch
import torch.nn as nn


class Stage(NamedTuple):
    length: int
    steps: int


STAGES = [Stage(3, 70), Stage(6, 70), Stage(10, 70), Stage(16, 150)]


class Tally(nn.Module):
    """Adds up the marked amounts of a receipt."""

    def __init__(self, d: int = 40) -> None:
        super().__init__()
        self.gru = nn.GRU(2, d, batch_first=True)
        self.fc = nn.Linear(d, 1)

    def forward(self, receipt: torch.Tensor) -> torch.Tensor:
        h, _ = self.gru(receipt)
        return self.fc(h[:, -1]).squeeze(-1)


def receipts(n: int, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    amount = torch.rand(n, length)
    marked = (torch.rand(n, length) < 0.5).float()
    return torch.stack([amount, marked], -1), (amount * marked).sum(1)


def main() -> None:
    torch.manual_seed(3)
    model = Tally()
    opt = torch.optim.Adam(model.parameters(), lr=6e-3)
    done = 0
    for number, stage in enumerate(STAGES):
        for _ in range(stage.steps):
            x, y = receipts(48, stage.length)
            loss = nn.functional.mse_loss(model(x), y)
            opt.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], 1.0)
            for group in opt.param_groups:
                group["lr"] = 6e-3 if done < 290 else 2e-3
            opt.step()
            done += 1
            if done % 3 == 0:
                print({"loss": f"{loss.item():.4g}", "grad_norm": f"{norm.item():.4g}",
                       "learning_rate": f"{opt.param_groups[0]['lr']:.4g}", "stage": number, "epoch": f"{done / 90:.4g}"})
    with torch.no_grad():
        x, y = receipts(600, STAGES[-1].length)
        rel = (model(x) - y).pow(2).mean() / y.var()
    print({"train_runtime": "0", "train_steps": done})
    print("RESULT " + json.dumps({"metric": "unexplained_variance", "value": round(rel.item(), 4)}))


main()
