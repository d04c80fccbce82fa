"""Fine-grained heat-demand forecasting with a small temporal convolution net."""
import json
import math
from dataclasses import dataclass, field
from typing import List, Optional

import torch
from torch import nn


@dataclass
class ModelArgs:
    channels: int = 24
    kernel: int = 3
    dilations: List[int] = field(default_factory=lambda: [1, 2, 4, 8])


@dataclass
class TrainArgs:
    output_dir: Optional[str] = None
    max_steps: int = 360
    per_device_batch: int = 32
    learning_rate: float = 0.016
    warmup_steps: int = 20
    logging_steps: int = 4
    seed: int = 42


class CausalConv(nn.Module):
    def __init__(self, cin, cout, k, d):
        super().__init__()
        self.pad = (k - 1) * d
        self.conv = nn.Conv1d(cin, cout, k, dilation=d)

    def forward(self, x):
        return self.conv(nn.functional.pad(x, (self.pad, 0)))


class TCN(nn.Module):
    def __init__(self, a: ModelArgs):
        super().__init__()
        c = 1
        layers = []
        for d in a.dilations:
            layers += [CausalConv(c, a.channels, a.kernel, d), nn.Tanh()]
            c = a.channels
        self.net = nn.Sequential(*layers)
        self.out = nn.Linear(c, 1)

    def forward(self, x):
        return self.out(self.net(x)[..., -1]).squeeze(-1)


def demand_series(n: int = 4000) -> torch.Tensor:
    h = torch.arange(n).float()
    daily = torch.sin(2 * math.pi * h / 24) + 0.5 * torch.sin(4 * math.pi * h / 24 + 1.0)
    weekly = 0.4 * torch.sin(2 * math.pi * h / 168)
    weather = torch.zeros(n)
    for i in range(1, n):
        weather[i] = 0.97 * weather[i - 1] + 0.1 * torch.randn(())
    s = daily + weekly + weather
    return (s - s.mean()) / s.std()


class MiniTrainer:
    def __init__(self, model, args: TrainArgs, series):
        self.model, self.args, self.series = model, args, series
        self.optimizer = torch.optim.SGD(model.parameters(), lr=args.learning_rate, momentum=0.9)
        self.lr_scheduler = self.create_scheduler()
        self.state = {"global_step": 0}

    def create_scheduler(self):
        def lr_lambda(current_step: int):
            w = self.args.warmup_steps
            return min((current_step + 1) / w, max(0.0, (self.args.max_steps - current_step) / (self.args.max_steps - w)))
        return torch.optim.lr_scheduler.LambdaLR(self.optimizer, lr_lambda)

    def get_batch(self, lo, hi, n):
        start = torch.randint(lo, hi - 33, (n,))
        win = self.series[start[:, None] + torch.arange(33)]
        return win[:, None, :32], win[:, 32]

    def log(self, logs):
        print({k: v for k, v in logs.items()})

    def train(self):
        running = 0.0
        for step in range(1, self.args.max_steps + 1):
            x, y = self.get_batch(0, 3200, self.args.per_device_batch)
            loss = nn.functional.mse_loss(self.model(x), y)
            self.optimizer.zero_grad()
            loss.backward()
            norm = torch.linalg.vector_norm(torch.stack([p.grad.norm() for p in self.model.parameters()]))
            self.optimizer.step()
            self.lr_scheduler.step()
            running += loss.item()
            self.state["global_step"] = step
            if step % self.args.logging_steps == 0:
                self.log({"loss": round(running / self.args.logging_steps, 4), "grad_norm": norm.item(),
                          "learning_rate": self.lr_scheduler.get_last_lr()[0], "epoch": round(step / 100, 2)})
                running = 0.0

    @torch.no_grad()
    def evaluate(self):
        errs = []
        for _ in range(10):
            x, y = self.get_batch(3200, 4000, 64)
            errs.append(nn.functional.mse_loss(self.model(x), y).item())
        return sum(errs) / len(errs)


if __name__ == "__main__":
    args = TrainArgs()
    torch.manual_seed(args.seed)
    trainer = MiniTrainer(TCN(ModelArgs()), args, demand_series())
    trainer.train()
    mse = trainer.evaluate()
    print("RESULT " + json.dumps({"metric": "eval_mse", "value": round(mse, 5) if math.isfinite(mse) else None}))
