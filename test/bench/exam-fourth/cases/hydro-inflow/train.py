"""Reservoir inflow in litres per second, targets are left in their unit."""
import json
import logging
import sys

import torch
import torch.nn as nn

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%d.%m. %H:%M:%S")


class InflowNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.flow = nn.Linear(64, 1)

    def forward(self, x):
        return self.flow(self.body(x)).squeeze(1)


def catchment(n, g):
    x = torch.randn(n, 8, generator=g)
    rain = torch.relu(x[:, 0] + 0.5 * x[:, 1])
    melt = torch.relu(x[:, 2]) * torch.sigmoid(2 * x[:, 3])
    flow = 9000 + 6500 * rain + 4000 * melt + 800 * x[:, 4] + 250 * torch.randn(n, generator=g)
    return x, flow


def main(epochs=30, batch=64, lr=0.02):
    torch.manual_seed(60)
    g = torch.Generator().manual_seed(61)
    x, y = catchment(4000, g)
    xt, yt = catchment(1000, g)
    net = InflowNet()
    opt = torch.optim.Adam(net.parameters(), lr=lr)
    step = 0
    for epoch in range(epochs):
        for idx in torch.randperm(len(x)).split(batch):
            loss = nn.functional.mse_loss(net(x[idx]), y[idx])
            opt.zero_grad()
            loss.backward()
            if step % 20 == 0:
                logging.info("ep %d it %d mse %.1f grads: %s", epoch, step, loss.item(), " ".join(f"{n}:{p.grad.norm().item():.1f}" for n, p in net.named_parameters()))
            opt.step()
            step += 1
    with torch.no_grad():
        r2 = 1 - (nn.functional.mse_loss(net(xt), yt) / yt.var()).item()
    print("RESULT " + json.dumps({"metric": "r2", "value": round(r2, 4)}))


main()
