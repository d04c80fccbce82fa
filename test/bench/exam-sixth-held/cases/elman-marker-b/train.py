"""A marker at the start of a signal decides the label; the rest of the signal is noise."""
import json
import logging
import sys
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Config:
    length: int = 28
    hidden: int = 32
    classes: int = 3
    batch: int = 32
    iterations: int = 320
    lr: float = 3e-3
    seed: int = 7


class Elman(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.inp = nn.Linear(4, cfg.hidden)
        self.rec = nn.Linear(cfg.hidden, cfg.hidden, bias=False)
        self.out = nn.Linear(cfg.hidden, cfg.classes)
        nn.init.normal_(self.rec.weight, std=0.05)

    def forward(self, signal):
        state = torch.tanh(self.inp(signal[:, 0]))
        states = [state]
        for t in range(1, signal.size(1)):
            state = torch.tanh(self.inp(signal[:, t]) + self.rec(state))
            states.append(state)
        return self.out(state), states


def signals(cfg, n):
    label = torch.randint(cfg.classes, (n,))
    x = torch.zeros(n, cfg.length, 4)
    x[:, 1:, 3] = 0.3 * torch.randn(n, cfg.length - 1)
    x[torch.arange(n), 0, label] = 1.0
    return x, label


def main():
    cfg = Config()
    logging.basicConfig(stream=sys.stdout, level=logging.DEBUG, format="%(asctime)s %(name)s[%(levelname)s] %(message)s")
    log = logging.getLogger("elman")
    torch.manual_seed(cfg.seed)
    net = Elman(cfg)
    opt = torch.optim.RMSprop(net.parameters(), lr=cfg.lr)
    watch = range(0, cfg.length, 4)
    for it in range(1, cfg.iterations + 1):
        x, label = signals(cfg, cfg.batch)
        logits, states = net(x)
        for t in watch:
            states[t].retain_grad()
        loss = nn.functional.cross_entropy(logits, label)
        opt.zero_grad()
        loss.backward()
        if it % 10 == 0:
            log.info("iter %d loss %.4f", it, loss.item())
            log.debug("grad %s", " ".join(f"{n}={p.grad.norm():.3e}" for n, p in net.named_parameters()))
            log.debug("grad %s", " ".join(f"state.{t}={states[t].grad.norm():.3e}" for t in watch))
        opt.step()
    with torch.no_grad():
        x, label = signals(cfg, 600)
        acc = (net(x)[0].argmax(1) == label).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
