"""Compress height profiles of rolled sheets with a deep autoencoder."""
from dataclasses import dataclass
import json
import math

import torch
import torch.nn as nn


@dataclass
class Args:
    learning_rate: float = 0.02
    per_device_train_batch_size: int = 64
    max_steps: int = 600
    logging_steps: int = 5
    hidden: int = 40
    code: int = 6
    layers_per_side: int = 8


class Autoencoder(nn.Module):
    def __init__(self, points, args):
        super().__init__()
        self.encoder = self._stack([points] + [args.hidden] * (args.layers_per_side - 1) + [args.code])
        self.decoder = self._stack([args.code] + [args.hidden] * (args.layers_per_side - 1) + [args.hidden])
        self.to_profile = nn.Linear(args.hidden, points)

    @staticmethod
    def _stack(sizes):
        modules = []
        for a, b in zip(sizes, sizes[1:]):
            modules.append(nn.Linear(a, b))
            modules.append(nn.Tanh())
        return nn.Sequential(*modules)

    def forward(self, profile):
        return self.to_profile(self.decoder(self.encoder(profile)))


def profiles(n, points=32):
    t = torch.linspace(0, 1, points)
    amp, phase = torch.randn(n, 2, 1), torch.rand(n, 2, 1) * 2 * math.pi
    waves = amp * torch.sin(2 * math.pi * torch.tensor([1.0, 2.0]).view(1, 2, 1) * t + phase)
    return waves.sum(1)


def train(args):
    model = Autoencoder(32, args)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.learning_rate, momentum=0.9)
    for global_step in range(1, args.max_steps + 1):
        batch = profiles(args.per_device_train_batch_size)
        loss = nn.functional.mse_loss(model(batch), batch)
        loss.backward()
        grad_norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if global_step % args.logging_steps == 0:
            print({"loss": round(loss.item(), 4), "grad_norm": grad_norm.item(), "learning_rate": args.learning_rate, "step": global_step})
    return model


torch.manual_seed(14)
model = train(Args())
test = profiles(1000)
with torch.no_grad():
    unexplained = (nn.functional.mse_loss(model(test), test) / test.var()).item()
print("RESULT " + json.dumps({"metric": "unexplained_variance", "value": round(unexplained, 4)}))
