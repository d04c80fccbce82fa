"""Intraday order flow: predict the next imbalance from the last 20 minutes. Returns are heavy tailed."""
import json
import logging
import sys
from collections import deque

import torch
import torch.nn as nn

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s | %(levelname)s | %(message)s", datefmt="%H:%M:%S")
logger = logging.getLogger(__name__)


class Market:
    def __init__(self, seed):
        self.g = torch.Generator().manual_seed(seed)

    def batch(self, n, length=20):
        e = torch.randn(n, length + 1, generator=self.g)
        x = torch.zeros(n, length + 1)
        for t in range(2, length + 1):
            x[:, t] = 0.75 * x[:, t - 1] - 0.35 * x[:, t - 2] + 0.5 * e[:, t]
        y = x[:, -1].clone() - 0.5 * e[:, -1]
        shock = torch.rand(n, generator=self.g) < 0.0006
        y[shock] = y[shock] + 300.0 * torch.randn(int(shock.sum()), generator=self.g).sign()
        return x[:, :-1].unsqueeze(-1), y.unsqueeze(-1)


class FlowModel(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.gru = nn.GRU(1, hidden, batch_first=True)
        self.head = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, x):
        _, h = self.gru(x)
        return self.head(h[-1])


def train(steps=500, batch=64, lr=0.05):
    torch.manual_seed(8)
    market = Market(9)
    model = FlowModel()
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    loss_fn = nn.MSELoss()
    recent = deque(maxlen=50)
    for step in range(steps):
        x, y = market.batch(batch)
        loss = loss_fn(model(x), y)
        opt.zero_grad()
        loss.backward()
        gnorm = sum(p.grad.norm() ** 2 for p in model.parameters()) ** 0.5
        opt.step()
        recent.append(loss.item())
        if step % 2 == 0:
            logger.info("step=%d loss=%.4f grad_norm=%.4f", step, loss.item(), gnorm.item())
    return model


def score(model):
    x, y = Market(77).batch(3000)
    with torch.no_grad():
        err = (model(x) - y).abs().median().item()
    base = (y - y.median()).abs().median().item()
    return err / base


if __name__ == "__main__":
    s = score(train())
    print("RESULT " + json.dumps({"metric": "relative_median_error", "value": None if s != s else round(s, 4)}))
