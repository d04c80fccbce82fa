import json
import math
import torch
import torch.nn as nn
import torch.optim as optim


def tide_table(n, seed):
    """height of the tide from hour-of-month; three harmonics and weather noise"""
    gen = torch.Generator().manual_seed(seed)
    h = torch.rand(n, generator=gen) * 48
    height = 1.6 * torch.cos(2 * math.pi * h / 12.42) + 0.5 * torch.cos(2 * math.pi * h / 12.0 + 1) + 0.2 * torch.cos(2 * math.pi * h / 25.8)
    feats = torch.cat([torch.stack([torch.sin(k * h / 8), torch.cos(k * h / 8)], 1) for k in range(1, 5)], 1)
    return feats, (height + 0.05 * torch.randn(n, generator=gen)).unsqueeze(1)


def make_model():
    torch.manual_seed(40)
    return nn.Sequential(nn.Linear(8, 40), nn.Tanh(), nn.Linear(40, 40), nn.Tanh(), nn.Linear(40, 1))


def gradient_norm(model):
    return math.sqrt(sum(float(p.grad.pow(2).sum()) for p in model.parameters()))


def main():
    x, y = tide_table(1024, 1)
    xt, yt = tide_table(400, 2)
    model = make_model()
    criterion = nn.MSELoss()
    epochs, bs = 30, 64
    n_steps = len(x) // bs
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    scheduler = optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=10, eta_min=1e-4)   # snapshot-ensemble schedule

    for epoch in range(epochs):
        order = torch.randperm(len(x))
        for i in range(n_steps):
            idx = order[i * bs:(i + 1) * bs]
            optimizer.zero_grad()
            loss = criterion(model(x[idx]), y[idx])
            loss.backward()
            norm = gradient_norm(model)
            optimizer.step()
            scheduler.step(epoch + i / n_steps)
            if (i + 1) % 4 == 0:
                print(f"Epoch: [{epoch + 1}/{epochs}]\tStep: [{i + 1}/{n_steps}]\tlr: {scheduler.get_last_lr()[0]:.5f}\tLoss: {loss.item():.5f}\tGradNorm: {norm:.4f}")

    with torch.no_grad():
        mse = criterion(model(xt), yt).item()
    print("RESULT " + json.dumps({"metric": "test_mse", "value": round(mse, 5)}))


main()
