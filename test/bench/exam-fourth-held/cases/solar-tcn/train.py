"""Solar output, next-step forecast with a temporal convolution network."""
import csv
import json
import math

import torch
import torch.nn as nn


class CausalConv(nn.Module):
    def __init__(self, c_in, c_out, k=3, dilation=1):
        super().__init__()
        self.pad = (k - 1) * dilation
        self.conv = nn.Conv1d(c_in, c_out, k, dilation=dilation)

    def forward(self, x):
        return self.conv(nn.functional.pad(x, (self.pad, 0)))


class TCN(nn.Module):
    def __init__(self, channels=16, levels=4):
        super().__init__()
        self.inp = CausalConv(1, channels)
        self.levels = nn.ModuleList(CausalConv(channels, channels, dilation=2 ** i) for i in range(levels))
        self.out = nn.Conv1d(channels, 1, 1)

    def forward(self, x):
        h = torch.relu(self.inp(x))
        for conv in self.levels:
            h = h + torch.relu(conv(h))
        return self.out(h)[..., -1]


def series(hours=3000):
    t = torch.arange(hours).float()
    day = torch.clamp(torch.sin(2 * math.pi * t / 24), min=0)
    cloud = torch.zeros(hours)
    noise = torch.randn(hours)
    for i in range(1, hours):
        cloud[i] = 0.95 * cloud[i - 1] + 0.2 * noise[i]
    return day * (1 - 0.5 * torch.sigmoid(cloud)) + 0.02 * torch.randn(hours)


def windows(s, length=48):
    w = s.unfold(0, length + 1, 1)
    return w[:, None, :-1].contiguous(), w[:, -1:].contiguous()


def train(model, x, y, epochs, lr, writer):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    loss_fn = nn.MSELoss()
    step = 0
    for epoch in range(epochs):
        optimizer.zero_grad()
        perm = torch.randperm(len(x))
        for i in range(0, len(x) - 63, 64):
            idx = perm[i:i + 64]
            loss = loss_fn(model(x[idx]), y[idx])
            loss.backward()
            norms = [p.grad.norm().item() for n, p in model.named_parameters() if n.endswith("weight")]
            optimizer.step()
            writer.writerow([epoch, step, f"{loss.item():.6f}"] + [f"{v:.6f}" for v in norms])
            step += 1


if __name__ == "__main__":
    torch.manual_seed(19)
    x, y = windows(series())
    model = TCN()
    with open("training.csv", "w", newline="") as fh:
        writer = csv.writer(fh)
        writer.writerow(["epoch", "step", "loss"] + [n for n, _ in model.named_parameters() if n.endswith("weight")])
        train(model, x[:2400], y[:2400], epochs=12, lr=0.02, writer=writer)
    with torch.no_grad():
        r2 = 1 - (nn.functional.mse_loss(model(x[2400:]), y[2400:]) / y[2400:].var()).item()
    print("RESULT " + json.dumps({"metric": "test_r2", "value": round(r2, 4)}))
