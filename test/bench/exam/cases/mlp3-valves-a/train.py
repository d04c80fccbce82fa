# Estimate the flow through a valve in litres per hour.
import json
import math

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split

cfg = {"lr": 1e-4, "momentum": 0.9, "epochs": 10, "batch_size": 32}


def build_dataset(n=1600, seed=19):
    g = torch.Generator().manual_seed(seed)
    opening = torch.rand(n, generator=g)
    pressure = 1 + torch.rand(n, generator=g)
    temperature = torch.randn(n, generator=g)
    viscosity = torch.randn(n, generator=g)
    flow = 4200 * opening.sqrt() * pressure * (1 + 0.05 * temperature) - 300 * viscosity
    features = torch.stack([opening * 4 - 2, pressure * 4 - 6, temperature, viscosity], 1)
    return TensorDataset(features, flow.unsqueeze(1))


def build_model():
    return nn.Sequential(
        nn.Linear(4, 64),
        nn.ReLU(),
        nn.Linear(64, 64),
        nn.ReLU(),
        nn.Linear(64, 1),
    )


torch.manual_seed(19)
dataset = build_dataset()
train_set, test_set = random_split(dataset, [1280, 320])
model = build_model()
optimizer = torch.optim.SGD(model.parameters(), lr=cfg["lr"], momentum=cfg["momentum"])
mse = nn.MSELoss()
it = 0
for epoch in range(cfg["epochs"]):
    for x, y in DataLoader(train_set, batch_size=cfg["batch_size"], shuffle=True):
        loss = mse(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        gn = math.sqrt(sum(float((p.grad.double() ** 2).sum()) for p in model.parameters()))
        optimizer.step()
        it += 1
        if it % 4 == 0:
            print(f"epoch={epoch} iter={it} loss={loss.item():.4e} gnorm={gn:.4e} lr={cfg['lr']}")

x, y = test_set[:]
with torch.no_grad():
    r2 = 1 - ((model(x) - y) ** 2).mean() / y.var()
print("RESULT " + json.dumps({"metric": "r2", "value": float(r2) if torch.isfinite(r2) else None}))
