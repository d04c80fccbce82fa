"""Monthly rent from area, year, distance and floor."""
import argparse
import json

import torch
from torch import nn

ap = argparse.ArgumentParser()
ap.add_argument("--lr", type=float, default=1e-2)
ap.add_argument("--steps", type=int, default=400)
ap.add_argument("--hidden", type=int, default=64)
opts = ap.parse_args()
torch.manual_seed(4)


class RentNet(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.fc1 = nn.Linear(4, hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.fc3 = nn.Linear(hidden, 1)

    def forward(self, x):
        x = nn.functional.relu(self.fc1(x))
        x = nn.functional.relu(self.fc2(x))
        return nn.functional.relu(self.fc3(x)).squeeze(1)   # a rent is never negative


def flats(n):
    area = 25 + 100 * torch.rand(n)
    year = 1900 + 120 * torch.rand(n)
    distance = 20 * torch.rand(n)
    floor = torch.randint(0, 9, (n,)).float()
    rent = 0.2 + 0.012 * area * (1 - 0.02 * distance) + 0.002 * (year - 1900) + 0.01 * floor
    return torch.stack([area, year, distance, floor], 1), rent


net = RentNet(opts.hidden)
optimizer = torch.optim.Adam(net.parameters(), lr=opts.lr)
for step in range(1, opts.steps + 1):
    x, rent = flats(64)
    loss = nn.functional.smooth_l1_loss(net(x), rent)
    optimizer.zero_grad()
    loss.backward()
    norm = torch.cat([p.grad.reshape(-1) for p in net.parameters()]).norm()
    optimizer.step()
    if step % 4 == 0 or step == 1:
        print(f"step {step:>4} loss {loss.item():.5f} grad_norm {norm.item():.5e}")

with torch.no_grad():
    x, rent = flats(2000)
    r2 = 1 - ((net(x) - rent).pow(2).mean() / rent.var()).item()
print("RESULT " + json.dumps({"metric": "r2", "value": round(r2, 4)}))
