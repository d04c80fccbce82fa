"""Autoregressive tide model: next water level from the last two days."""
import math

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

LAGS = 24


def tide_series(n):
    hours = torch.arange(n).float()
    level = torch.sin(2 * math.pi * hours / 12.42) + 0.4 * torch.sin(2 * math.pi * hours / 24.0 + 1.0)
    level = level + 0.2 * torch.sin(2 * math.pi * hours / 327.0) + 0.05 * torch.randn(n)
    return level


def lagged(series):
    frames = series.unfold(0, LAGS + 1, 1)
    return frames[:, :LAGS], frames[:, LAGS:]


class TideModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(LAGS, 1)

    def forward(self, lags):
        return self.linear(lags)


def main():
    torch.manual_seed(5)
    x, y = lagged(tide_series(1624))
    train_set = TensorDataset(x[:1280], y[:1280])
    loader = DataLoader(train_set, batch_size=64, shuffle=True)
    n_epochs = 25
    model = TideModel()
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.164)
    for epoch in range(n_epochs):
        for i, (lags, level) in enumerate(loader):
            loss = criterion(model(lags), level)
            optimizer.zero_grad()
            loss.backward()
            norm = math.sqrt(sum(p.grad.norm().item() ** 2 for p in model.parameters()))
            nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            optimizer.step()
            if i % 4 == 3:
                print(f"Epoch [{epoch + 1}/{n_epochs}], Step [{i + 1}/{len(loader)}], "
                      f"Loss: {loss.item():.6g}, Grad Norm: {norm:.6g}")
    with torch.no_grad():
        rmse = criterion(model(x[1280:]), y[1280:]).sqrt().item()
    print(f'RESULT {{"metric": "test_rmse", "value": {rmse:.6g}}}')


main()
