"""Forecast the wave height of the next hour from a buoy record with a small dilated convolution network."""
import json
import math
import time

import torch
import torch.nn as nn


def buoy_record(n, g):
    """Standardised hourly wave heights."""
    t = torch.arange(n).float()
    h = torch.sin(t / 9) * torch.cos(t / 41) + 0.5 * torch.sin(t / 3.7) + 0.05 * torch.randn(n, generator=g)
    return h


class CausalConv(nn.Module):
    def __init__(self, c_in, c_out, dilation):
        super().__init__()
        self.pad = 2 * dilation
        self.conv = nn.Conv1d(c_in, c_out, 3, dilation=dilation)

    def forward(self, x):
        return torch.relu(self.conv(nn.functional.pad(x, (self.pad, 0))))


class TCN(nn.Module):
    def __init__(self, channels=24):
        super().__init__()
        self.blocks = nn.Sequential(*[CausalConv(1 if d == 1 else channels, channels, d) for d in (1, 2, 4)])
        self.out = nn.Linear(channels, 1)

    def forward(self, x):
        return self.out(self.blocks(x.unsqueeze(1))[:, :, -1])


class Windows:
    def __init__(self, series, span=20, batch=40):
        w = series.unfold(0, span + 1, 1)
        w = w[w.abs().amax(1) < 50.0]
        self.x, self.y, self.batch = w[:, :-1], w[:, -1:], batch

    def __len__(self):
        return math.ceil(len(self.x) / self.batch)

    def __iter__(self):
        return zip(self.x.split(self.batch), self.y.split(self.batch))


def bar_line(label, done, total, t0, info):
    took = time.time() - t0
    rate = done / max(took, 1e-6)
    fill = "█" * int(10 * done / total)
    return (f"\r{label}: {100 * done // total:3d}%|{fill:<10}| {done}/{total} "
            f"[00:{int(took):02d}<00:{int((total - done) / rate):02d}, {rate:.2f}it/s, {info}]")


def main():
    torch.manual_seed(33)
    g = torch.Generator().manual_seed(34)
    past = buoy_record(1640, g)
    past[1370] = -999.0
    future = buoy_record(500, g)
    train, test = Windows(past), Windows(future)
    net = TCN()
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    mse = nn.MSELoss()
    epochs = 10
    for epoch in range(epochs):
        t0 = time.time()
        for i, (x, y) in enumerate(train):
            opt.zero_grad(set_to_none=True)
            loss = mse(net(x), y)
            loss.backward()
            norm = torch.sqrt(sum((p.grad ** 2).sum() for p in net.parameters()))
            opt.step()
            info = f"loss={loss.item():.4g}, grad_norm={norm.item():.4g}"
            print(bar_line(f"epoch {epoch}", i + 1, len(train), t0, info), end="", flush=True)
        print()
    with torch.no_grad():
        score = mse(net(test.x), test.y).item()
    print("RESULT " + json.dumps({"metric": "test_mse", "value": round(score, 5)}))


if __name__ == "__main__":
    main()
