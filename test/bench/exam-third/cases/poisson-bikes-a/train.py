# bikes rented per hour; sum of squared errors in bikes, as the agency wants it
import json
import math
import torch
import torch.nn as nn

torch.manual_seed(71)
n = 2400
hour, temp, weekend = torch.rand(n) * 24, torch.randn(n), (torch.rand(n) < 2 / 7).float()
demand = 120 + 90 * torch.exp(-((hour - 8) / 2) ** 2) * (1 - weekend) + 110 * torch.exp(-((hour - 17) / 2.5) ** 2) + 25 * temp
demand = (demand + 10 * torch.randn(n)).clamp(min=0)
feats = torch.stack([torch.sin(hour * math.pi / 12), torch.cos(hour * math.pi / 12), torch.sin(hour * math.pi / 6), torch.cos(hour * math.pi / 6), temp, weekend], 1)

reg = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
adam = torch.optim.Adam(reg.parameters(), lr=5e-3)
sse = nn.MSELoss(reduction="sum")
print("epoch\ttrain_sse\tgrad_norm\tval_rmse")
for epoch in range(1, 36):
    tl = gn = 0.0
    for idx in torch.randperm(2000).split(100):
        loss = sse(reg(feats[idx]).squeeze(1), demand[idx])
        adam.zero_grad()
        loss.backward()
        gn = max(gn, float(torch.norm(torch.stack([p.grad.norm() for p in reg.parameters()]))))
        adam.step()
        tl += loss.item()
    with torch.no_grad():
        res = reg(feats[2000:]).squeeze(1) - demand[2000:]
    print(f"{epoch}\t{tl:.1f}\t{gn:.1f}\t{res.square().mean().sqrt().item():.3f}")
r2 = 1 - float(res.square().mean() / demand[2000:].var())
print("RESULT " + json.dumps({"metric": "r2", "value": r2}))
