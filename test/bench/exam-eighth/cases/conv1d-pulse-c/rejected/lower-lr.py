import json
import math
import sys
import time

import torch
from torch import nn


def ppg(n, g, hz=20, seconds=4):
    """finger pulse waves; the target is the pulse rate, standardised"""
    bpm = 45 + 90 * torch.rand(n, generator=g)
    t = torch.arange(hz * seconds) / hz
    phase = 2 * math.pi * torch.rand(n, 1, generator=g)
    w = 2 * math.pi * (bpm / 60)[:, None] * t[None, :] + phase
    wave = torch.sin(w) + 0.4 * torch.sin(2 * w + 0.7) + 0.3 * torch.randn(n, len(t), generator=g)
    return wave.unsqueeze(1), (bpm - 90) / 26


class PulseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv1d(1, 12, 9, padding=4), nn.ReLU(), nn.AvgPool1d(2),
            nn.Conv1d(12, 16, 7, padding=3), nn.ReLU(), nn.AdaptiveMaxPool1d(4))
        self.fc = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        return self.fc(self.conv(x))


class Bar:
    """Minimal progress bar."""

    def __init__(self, total, desc):
        self.total, self.desc, self.t0 = total, desc, time.time()

    def update(self, i, **post):
        frac = i / self.total
        dt = max(time.time() - self.t0, 1e-6)
        tail = ", ".join(f"{k}={v}" for k, v in post.items())
        sys.stdout.write(f"\r{self.desc}: {int(100 * frac):3d}%|{'█' * int(10 * frac):<10}| {i}/{self.total} "
                         f"[{int(dt) // 60:02d}:{int(dt) % 60:02d}<{int(dt / frac - dt) // 60:02d}:"
                         f"{int(dt / frac - dt) % 60:02d}, {i / dt:.2f}it/s, {tail}]")

    def close(self):
        sys.stdout.write("\n")


def train(epochs=12, batch_size=32):
    torch.manual_seed(14)
    g = torch.Generator().manual_seed(14)
    signals, rates = ppg(1024, g)
    val_signals, val_rates = ppg(300, g)
    model, loss_fn = PulseNet(), nn.MSELoss()
    opt = torch.optim.Adam(model.parameters(), lr=3e-4)
    n_batches = len(signals) // batch_size
    for epoch in range(epochs):
        bar = Bar(n_batches, f"Epoch {epoch + 1}/{epochs}")
        for i, idx in enumerate(torch.randperm(len(signals)).split(batch_size), 1):
            pred = model(signals[idx])
            loss = loss_fn(pred, rates[idx])
            opt.zero_grad()
            loss.backward()
            gn = torch.cat([p.grad.flatten() for p in model.parameters()]).norm().item()
            opt.step()
            bar.update(i, loss=f"{loss.item():.4f}", grad_norm=f"{gn:.3g}")
        bar.close()
    with torch.no_grad():
        pred = model(val_signals).flatten()
        mae = 26 * (pred - val_rates).abs().mean().item()
    print("RESULT " + json.dumps({"metric": "mae_bpm", "value": round(mae, 3)}))


train()
