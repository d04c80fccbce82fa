"""Predict the price of a freight shipment in euros from distance, weight, volume, urgency and season."""
import torch
import torch.nn as nn


class Shipments:
    def __init__(self, n):
        km = 20 + 1480 * torch.rand(n)
        kg = 5 + 995 * torch.rand(n)
        m3 = kg / 200 * (0.5 + torch.rand(n))
        urgent = (torch.rand(n) < 0.2).float()
        month = 12 * torch.rand(n)
        price = 80 + km * (0.9 + 0.0015 * kg) + 140 * m3 + urgent * 1.2 * km + 90 * torch.cos(month / 1.91)
        self.price = price + 15 * torch.randn(n)
        self.table = torch.stack([km / 500, kg / 300, m3 / 2, urgent, torch.cos(month / 1.91)], dim=1)

    def sample(self, n):
        i = torch.randint(0, len(self.price), (n,))
        return self.table[i], self.price[i]


class PriceModel(nn.Module):
    def __init__(self, d=64):
        super().__init__()
        self.inp = nn.Linear(5, d)
        self.mid1 = nn.Linear(d, d)
        self.mid2 = nn.Linear(d, d)
        self.euro = nn.Linear(d, 1)

    def forward(self, x):
        x = nn.functional.silu(self.inp(x))
        x = nn.functional.silu(self.mid1(x))
        x = nn.functional.silu(self.mid2(x))
        return self.euro(x).squeeze(1)


def train(model, data, max_steps=700, logging_steps=10):
    opt = torch.optim.AdamW(model.parameters(), lr=8e-3, weight_decay=0.0)
    sched = torch.optim.lr_scheduler.LinearLR(opt, 1.0, 0.05, total_iters=max_steps)
    for step in range(1, max_steps + 1):
        x, price = data.sample(64)
        loss = ((model(x) - price) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        norm = sum(p.grad.square().sum() for p in model.parameters()) ** 0.5
        lr = opt.param_groups[0]["lr"]
        opt.step()
        sched.step()
        if step % logging_steps == 0:
            print({"loss": round(loss.item(), 2), "grad_norm": round(norm.item(), 2), "learning_rate": round(lr, 8),
                   "epoch": round(step * 64 / len(data.price), 3)})


torch.manual_seed(52)
model = PriceModel()
train(model, Shipments(4000))
held_out = Shipments(800)
with torch.no_grad():
    res = model(held_out.table) - held_out.price
    r2 = 1 - (res.var() / held_out.price.var()).item()
print('RESULT {"metric": "r2", "value": %.4f}' % r2)
