"""House prices in euros from a synthetic register. Plain regression, price kept in its own unit."""
import json
import time

import torch
from torch import nn

torch.manual_seed(64)


def register(n):
    area = 40 + 160 * torch.rand(n)
    age = 80 * torch.rand(n)
    dist = 0.5 + 20 * torch.rand(n)
    floor = torch.randint(0, 6, (n,)).float()
    price = 1500 * area * (1 + 0.8 * torch.exp(-dist / 6)) * (1 - 0.004 * age) + 6000 * floor * (dist < 5)
    price = price + 6000 * torch.randn(n)
    feats = torch.stack([area / 100 - 1.2, age / 40 - 1, dist / 10 - 1, floor / 3 - 0.8], dim=1)
    return feats, price.unsqueeze(1)


features, prices = register(2000)
val_features, val_prices = register(500)

model = nn.Sequential(
    nn.Linear(4, 64), nn.ReLU(),
    nn.Linear(64, 64), nn.ReLU(),
    nn.Linear(64, 64), nn.ReLU(),
    nn.Linear(64, 1),
)
with torch.no_grad():
    model[-1].bias.fill_(prices.mean().item())
    model[-1].weight.mul_(prices.std().item())

body = [p for m in model[:-1] for p in m.parameters()]
optimizer = torch.optim.Adam([{"params": body, "lr": 2e-3},
                              {"params": model[-1].parameters(), "lr": 300.0}])
total = 700
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda it: max(0.02, 1 - it / total))

clock = time.time()
for it in range(1, total + 1):
    rows = torch.randint(len(features), (64,))
    optimizer.zero_grad()
    loss = nn.functional.l1_loss(model(features[rows]), prices[rows], reduction="mean")
    loss.backward()
    sq = sum(p.grad.pow(2).sum() for p in model.parameters())
    optimizer.step()
    if it % 5 == 0:
        ms = (time.time() - clock) * 1000 / 5
        clock = time.time()
        print(" iteration %8d/%8d | consumed samples: %12d | elapsed time per iteration (ms): %.1f | "
              "learning rate: %.6E | global batch size: %5d | loss: %.6E | grad norm: %.3f |"
              % (it, total, it * 64, ms, scheduler.get_last_lr()[0], 64, loss.item(), sq.sqrt().item()))
    scheduler.step()

with torch.no_grad():
    residual = (model(val_features) - val_prices).pow(2).mean()
    r2 = 1 - (residual / val_prices.var(unbiased=False)).item()
print("RESULT " + json.dumps({"metric": "val_r2", "value": round(r2, 4)}))
