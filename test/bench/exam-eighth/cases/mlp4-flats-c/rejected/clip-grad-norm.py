import json
import math
import random
import torch
from torch import nn
from torch.utils.data import TensorDataset, DataLoader

SEED = 2023
EPOCHS = 30
BATCH = 64
LR = 1e-3


def flats(n, rng):
    """rooms, living area [m2], year of construction, distance to centre [m], district income [EUR/year]"""
    rows, prices = [], []
    for _ in range(n):
        rooms = rng.randint(1, 6)
        area = max(18, rng.gauss(24 * rooms + 8, 12))
        year = rng.randint(1890, 2022)
        dist = rng.expovariate(1 / 4000.0)
        income = rng.gauss(38000, 9000)
        per_m2 = 2200 + 0.05 * (income - 38000) + 2600 * math.exp(-dist / 3000) + 9 * abs(year - 1960)
        prices.append(area * per_m2 * (1 + 0.03 * rng.gauss(0, 1)) + 15000 * (rooms > 3))
        rows.append([rooms, area, year, dist, income])
    return torch.tensor(rows, dtype=torch.float32), torch.tensor(prices, dtype=torch.float32).unsqueeze(1)


class PriceModel(nn.Module):
    def __init__(self, n_features=5, width=64):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(n_features, width), nn.ReLU(),
            nn.Linear(width, width), nn.ReLU(),
            nn.Linear(width, width), nn.ReLU(),
            nn.Linear(width, 1))

    def forward(self, x):
        return self.net(x)


def global_norm(model):
    return math.sqrt(sum(p.grad.pow(2).sum().item() for p in model.parameters()))


def fit(model, loader):
    opt = torch.optim.Adam(model.parameters(), lr=LR)
    criterion = nn.MSELoss()
    step = 0
    for epoch in range(EPOCHS):
        for x, y in loader:
            opt.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            if step % 20 == 0:
                print({"loss": round(loss.item(), 4), "grad_norm": round(global_norm(model), 4),
                       "learning_rate": LR, "epoch": round(step / len(loader), 2)})
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            step += 1


def r2_score(model, x, y):
    model.eval()
    with torch.no_grad():
        res = (model(x) - y).pow(2).sum()
        return (1 - res / (y - y.mean()).pow(2).sum()).item()


if __name__ == "__main__":
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    x_train, y_train = flats(1800, rng)
    x_test, y_test = flats(400, rng)
    loader = DataLoader(TensorDataset(x_train, y_train), batch_size=BATCH, shuffle=True)
    model = PriceModel()
    fit(model, loader)
    print("RESULT " + json.dumps({"metric": "r2", "value": round(r2_score(model, x_test, y_test), 4)}))
