"""Triage of emergency calls; three in ten labels are known to be wrong."""
import json
from dataclasses import dataclass

import torch
import torch.nn as nn

from data import calls
from model import build


@dataclass
class HParams:
    lr: float = 3e-3
    batch: int = 128
    steps: int = 600
    flip: float = 0.3
    seed: int = 54


def main(hp):
    torch.manual_seed(hp.seed)
    model = build()
    opt = torch.optim.Adam(model.parameters(), lr=hp.lr)
    ce = nn.CrossEntropyLoss()
    for step in range(hp.steps):
        x, noisy, _ = calls(hp.batch, hp.flip)
        loss = ce(model(x), noisy)
        opt.zero_grad()
        loss.backward()
        if step % 6 == 0:
            grads = {k: float(f"{p.grad.norm():.3e}") for k, p in model.named_parameters()}
            print(json.dumps({"global_step": step, "loss": round(loss.item(), 5), "grad": grads}))
        opt.step()
    x, _, y = calls(3000, 0.0)
    with torch.no_grad():
        acc = (model(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "clean_accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main(HParams())
