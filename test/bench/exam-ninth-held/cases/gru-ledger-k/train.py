"""Curriculum: keep the running balance of a ledger; the ledgers get longer while training."""
import json
from typing import List, NamedTuple

import torch
from torch import nn


class Stage(NamedTuple):
    length: int
    steps: int


class JobConfig:
    stages: List[Stage] = [Stage(4, 100), Stage(8, 100), Stage(16, 110), Stage(24, 140)]
    batch = 32
    dim = 48
    lr = 5e-3
    max_norm = 1.0
    log_freq = 5


class BalanceTracker(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.rnn = nn.GRU(2, dim, batch_first=True)
        self.head = nn.Sequential(nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, 1))

    def forward(self, x):
        return self.head(self.rnn(x)[0]).squeeze(-1)


def ledgers(n, length, gen):
    amount = torch.rand(n, length, generator=gen)
    booked = (torch.rand(n, length, generator=gen) < 0.7).float()
    return torch.stack([amount, booked], -1), (amount * booked).cumsum(1)


def main(job=JobConfig):
    torch.manual_seed(2)
    gen = torch.Generator().manual_seed(2)
    model = BalanceTracker(job.dim)
    optim = torch.optim.AdamW(model.parameters(), lr=job.lr, weight_decay=0.0)
    step = 0
    for stage in job.stages:
        for _ in range(stage.steps):
            step += 1
            x, y = ledgers(job.batch, stage.length, gen)
            loss = (model(x) - y).square().mean()
            optim.zero_grad()
            loss.backward()
            grad_norm = nn.utils.clip_grad_norm_(model.parameters(), job.max_norm)
            optim.step()
            if step == 1 or step % job.log_freq == 0:
                print(f"[rank0]:step: {step:3d}  loss: {loss.item():8.5f}  grad_norm: {grad_norm.item():8.4f}  "
                      f"seq_len: {stage.length}  memory: 0.00GiB(0.00%)", flush=True)
    with torch.no_grad():
        x, y = ledgers(400, job.stages[-1].length, gen)
        r2 = 1 - ((model(x) - y)[:, -1].square().mean() / y[:, -1].var()).item()
    print("RESULT " + json.dumps({"metric": "final_balance_r2", "value": round(r2, 4)}))


if __name__ == "__main__":
    main()
