"""Predict the tide level from the positions of sun and moon with a deep residual network."""
import argparse
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def get_args():
    p = argparse.ArgumentParser()
    p.add_argument("--blocks", type=int, default=24)
    p.add_argument("--width", type=int, default=48)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--iters", type=int, default=260)
    p.add_argument("--batch", type=int, default=64)
    p.add_argument("--log-interval", type=int, default=2)
    return p.parse_args()


class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(width, width)
        self.fc2 = nn.Linear(width, width)

    def forward(self, x):
        return x + self.fc2(F.relu(self.fc1(x)))


class TideNet(nn.Module):
    def __init__(self, blocks, width):
        super().__init__()
        self.inp = nn.Linear(6, width)
        self.blocks = nn.Sequential(*[ResidualBlock(width) for _ in range(blocks)])
        self.out = nn.Linear(width, 1)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
                nn.init.zeros_(m.bias)

    def forward(self, x):
        return self.out(self.blocks(self.inp(x)))


def tides(n):
    phase = torch.rand(n, 3) * 2 * math.pi
    x = torch.cat([phase.sin(), phase.cos()], 1) * 1.41
    y = phase[:, :1].sin() + 0.5 * (2 * phase[:, 1:2]).cos() + 0.3 * (phase[:, :1] + phase[:, 2:]).sin()
    return x, y


def main():
    args = get_args()
    torch.manual_seed(31)
    model = TideNet(args.blocks, args.width)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr)
    for it in range(args.iters):
        x, y = tides(args.batch)
        loss = F.mse_loss(model(x), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.norm(torch.stack([torch.norm(p.grad, 2) for p in model.parameters()]), 2)
        optimizer.step()
        if it % args.log_interval == 0:
            print(f"iter={it} loss={loss.item():.6g} grad_norm={norm.item():.6g}")
    x, y = tides(2000)
    with torch.no_grad():
        rel = (F.mse_loss(model(x), y) / y.var()).item()
    print("RESULT " + json.dumps({"metric": "relative_mse", "value": round(rel, 5)}))


if __name__ == "__main__":
    main()
