"""Forecast the flow of a river gauge from the last 16 hours."""
import json
import logging

import torch
from torch import nn

logging.basicConfig(filename="gauge.log", filemode="w", level=logging.INFO, format="%(asctime)s,%(msecs)03d %(levelname)-5s [trainer] %(message)s", datefmt="%d/%m %H:%M:%S")


class Gauge(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.gru = nn.GRU(2, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        h, _ = self.gru(x)
        return self.out(h[:, -1]).squeeze(1)


class River:
    def __init__(self, seed, flood_at=None):
        self.gen = torch.Generator().manual_seed(seed)
        self.flood_at = flood_at
        self.count = 0

    def hours(self, n):
        rain = torch.rand(n, 17, generator=self.gen) ** 3
        level = torch.zeros(n, 17)
        for t in range(1, 17):
            level[:, t] = 0.8 * level[:, t - 1] + rain[:, t - 1]
        self.count += 1
        if self.count == self.flood_at:
            level[:4] *= 30.0
        x = torch.stack([rain[:, :16], level[:, :16]], -1)
        return x, level[:, 16]


torch.manual_seed(53)
river, model = River(53, flood_at=241), Gauge()
optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
for step in range(400):
    x, level = river.hours(32)
    loss = nn.functional.mse_loss(model(x), level)
    optimizer.zero_grad()
    loss.backward()
    grad_norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if step % 4 == 0:
        logging.info("step: %d, loss: %.5f, grad_norm: %.5f", step, loss.item(), grad_norm.item())

x, level = River(99).hours(2000)
with torch.no_grad():
    rel = (nn.functional.mse_loss(model(x), level) / level.var()).item()
print("RESULT " + json.dumps({"metric": "relative_mse", "value": round(rel, 5)}))
