import numpy as np
import torch
import json

rng = np.random.default_rng(2024)
torch.manual_seed(2024)

# area in square feet, rooms, year of construction, distance to the centre in metres, floor
n = 2000
area = rng.normal(1400, 450, n).clip(300)
rooms = (area / 420 + rng.normal(0, 0.7, n)).round().clip(1)
year = rng.integers(1930, 2022, n)
dist = rng.gamma(2.0, 2500, n)
floor = rng.integers(0, 12, n)
price = 120 * area + 9000 * rooms + 300 * (year - 1930) - 6 * dist + 1500 * floor + rng.normal(0, 8000, n)
price = price / 1000  # thousands

X = np.stack([area, rooms, year, dist, floor], axis=1).astype("float32")
y = price.astype("float32").reshape(-1, 1)

X_train, X_test = torch.from_numpy(X[:1600]), torch.from_numpy(X[1600:])
y_train, y_test = torch.from_numpy(y[:1600]), torch.from_numpy(y[1600:])

model = torch.nn.Sequential(
    torch.nn.Linear(5, 32),
    torch.nn.ReLU(),
    torch.nn.Linear(32, 32),
    torch.nn.ReLU(),
    torch.nn.Linear(32, 1),
)
criterion = torch.nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

for epoch in range(30):
    perm = torch.randperm(len(X_train))
    epoch_loss = 0
    for i in range(0, len(X_train), 64):
        idx = perm[i:i + 64]
        optimizer.zero_grad()
        out = model(X_train[idx])
        loss = criterion(out, y_train[idx])
        loss.backward()
        if i == 0:
            for name, p in model.named_parameters():
                print(f"{name} grad norm: {p.grad.norm():.4f}")
        optimizer.step()
        epoch_loss += loss.item()
    print(f"epoch {epoch}: loss = {epoch_loss / 25:.4f}")

with torch.no_grad():
    mse = criterion(model(X_test), y_test).item()
r2 = 1 - mse / y_test.var().item()
print("RESULT", json.dumps({"metric": "r2", "value": r2}))
