"""Forecast tomorrow's pollen count from the last 40 days."""
import json
import logging
import math

import torch
from torch import nn

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", filename="pollen.log", filemode="w")
log = logging.getLogger("pollen")

WINDOW = 40
HIDDEN = 48


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, HIDDEN, nonlinearity="relu", batch_first=True)
        self.head = nn.Linear(HIDDEN, 1)
        self.reset()

    def reset(self):
        for name, p in self.rnn.named_parameters():
            if "weight" in name:
                nn.init.xavier_normal_(p, gain=nn.init.calculate_gain("relu"))
            else:
                nn.init.zeros_(p)

    def forward(self, x):
        out, _ = self.rnn(x)
        return self.head(out[:, -1])


def series(n=1400):
    t = torch.arange(n).float()
    temp = torch.sin(2 * math.pi * t / 90) + 0.2 * torch.randn(n)
    rain = (torch.rand(n) < 0.3).float()
    pollen = torch.zeros(n)
    for i in range(1, n):
        pollen[i] = 0.8 * pollen[i - 1] + 0.5 * torch.relu(temp[i]) * (1 - 0.7 * rain[i])
    pollen = (pollen - pollen.mean()) / pollen.std()
    return torch.stack([temp, rain, pollen], 1)


def windows(s):
    x = s.unfold(0, WINDOW, 1).transpose(1, 2)[:-1]
    return x, s[WINDOW:, 2:3]


torch.manual_seed(77)
x, y = windows(series())
xtr, ytr, xva, yva = x[:1000], y[:1000], x[1040:], y[1040:]
model = Forecaster()
optimizer = torch.optim.SGD(model.parameters(), lr=0.006)
step = 0
for epoch in range(6):
    for idx in torch.randperm(len(xtr)).split(32):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(xtr[idx]), ytr[idx])
        loss.backward()
        gnorm = torch.stack([p.grad.norm() for p in model.parameters()]).norm().item()
        optimizer.step()
        if step >= 0:
            log.info("step=%d loss=%.5g grad_norm=%.5g", step, loss.item(), gnorm)
        step += 1
    with torch.no_grad():
        val = nn.functional.mse_loss(model(xva), yva).item()
    log.info("epoch %d done, validation mse %.5g", epoch, val)
print("RESULT " + json.dumps({"metric": "val_mse", "value": val}))
