# Predict how far a ball flies (with air drag) from speed, angle, mass, diameter.
import json
import torch
import torch.nn as nn
from torch.utils.data import TensorDataset, DataLoader

torch.manual_seed(0)
device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')

# ---------- data ----------
def simulate(n):
    speed = 10 + 30 * torch.rand(n)
    angle = 0.2 + 1.1 * torch.rand(n)
    mass = 0.1 + 0.4 * torch.rand(n)
    diam = 0.04 + 0.1 * torch.rand(n)
    k = 0.5 * 1.2 * 0.47 * 3.14159 * diam ** 2 / 4 / mass
    vx, vy = speed * torch.cos(angle), speed * torch.sin(angle)
    x, y = torch.zeros(n), torch.zeros(n)
    dt = 0.03
    flying = torch.ones(n, dtype=torch.bool)
    for _ in range(300):
        v = torch.sqrt(vx ** 2 + vy ** 2)
        vx = vx - dt * k * v * vx
        vy = vy - dt * (9.81 + k * v * vy)
        x = torch.where(flying, x + dt * vx, x)
        y = torch.where(flying, y + dt * vy, y)
        flying = flying & (y > 0)
    return torch.stack([speed, angle, mass, diam], dim=1), x

X, d = simulate(2000)
X = (X - X.mean(0)) / X.std(0)
d = (d - d.mean()) / d.std()
train_loader = DataLoader(TensorDataset(X[:1600], d[:1600]), batch_size=40, shuffle=True)
X_test, d_test = X[1600:].to(device), d[1600:].to(device)

# ---------- model ----------
model = nn.Sequential(
    nn.Linear(4, 50),
    nn.Tanh(),
    nn.Linear(50, 50),
    nn.Tanh(),
    nn.Linear(50, 1)
).to(device)
loss_fn = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.002)

# ---------- training ----------
num_epochs = 10
total_step = len(train_loader)
for epoch in range(num_epochs):
    for i, (inputs, targets) in enumerate(train_loader):
        inputs, targets = inputs.to(device), targets.to(device)
        predictions = model(inputs)
        loss = loss_fn(predictions, targets)
        optimizer.zero_grad()
        loss.backward()
        grad_norm = sum(p.grad.norm() ** 2 for p in model.parameters()) ** 0.5
        optimizer.step()
        if (i + 1) % 8 == 0:
            print('Epoch [{}/{}], Step [{}/{}], Loss: {:.4f}, Grad norm: {:.4f}'.format(
                epoch + 1, num_epochs, i + 1, total_step, loss.item(), grad_norm.item()))

# ---------- test ----------
model.eval()
with torch.no_grad():
    pred = model(X_test).view(-1)
    r2 = 1 - ((pred - d_test) ** 2).sum() / ((d_test - d_test.mean()) ** 2).sum()
print('R2 on test set: %.3f' % r2.item())
print('RESULT ' + json.dumps({'metric': 'test_r2', 'value': round(r2.item(), 4)}))
