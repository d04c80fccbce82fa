"""Bearing temperature of a turbine, trained on the live feed."""
import json
import logging

import torch
import torch.nn as nn


def setup_logger(path):
    logger = logging.getLogger("turbine")
    logger.setLevel(logging.DEBUG)
    fh = logging.FileHandler(path, mode="w")
    fh.setFormatter(logging.Formatter("[%(asctime)s][%(levelname)s] %(message)s"))
    logger.addHandler(fh)
    return logger


class Feed:
    """Readings arrive in blocks of 32; now and then the gateway sends raw counts instead of units."""

    def __init__(self, seed):
        self.gen = torch.Generator().manual_seed(seed)
        self.blocks = 0

    def next_block(self, clean=False):
        x = torch.randn(32, 7, generator=self.gen)
        y = torch.sin(1.5 * x[:, 0]) + 0.6 * x[:, 1] * x[:, 2] + 0.3 * x[:, 3]
        self.blocks += 1
        if not clean and self.blocks == 361:
            x = x * 250.0
            y = y * 40.0
        return x, y.unsqueeze(1)


class BearingNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(7, 64)
        self.l2 = nn.Linear(64, 64)
        self.l3 = nn.Linear(64, 1)
        self.act = nn.ReLU()

    def forward(self, x):
        return self.l3(self.act(self.l2(self.act(self.l1(x)))))


def main():
    torch.manual_seed(28)
    logger = setup_logger("turbine.log")
    feed, net = Feed(28), BearingNet()
    opt = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
    huber = nn.SmoothL1Loss()
    for step in range(450):
        x, y = feed.next_block()
        loss = huber(net(x), y)
        opt.zero_grad()
        loss.backward()
        g2 = 0.0
        for p in net.parameters():
            g2 += p.grad.pow(2).sum().item()
        opt.step()
        if step % 3 == 0:
            logger.info(f"step={step} loss={loss.item():.5f} grad_norm={g2 ** 0.5:.5f}")
    err, var = 0.0, 0.0
    with torch.no_grad():
        for _ in range(60):
            x, y = feed.next_block(clean=True)
            err += (net(x) - y).pow(2).mean().item()
            var += y.var().item()
    print("RESULT " + json.dumps({"metric": "relative_mse", "value": round(err / var, 5)}))


if __name__ == "__main__":
    main()
