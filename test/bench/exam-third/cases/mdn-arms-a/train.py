import json
import math

import torch
import torch.nn as nn


class MDN(nn.Module):
    """Mixture density network for the inverse kinematics of a two-joint arm."""

    def __init__(self, n_in=2, n_out=2, n_mix=4, hidden=40):
        super().__init__()
        self.n_mix, self.n_out = n_mix, n_out
        self.body = nn.Sequential(nn.Linear(n_in, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh())
        self.pi = nn.Linear(hidden, n_mix)
        self.mu = nn.Linear(hidden, n_mix * n_out)
        self.sigma = nn.Linear(hidden, n_mix)
        nn.init.constant_(self.sigma.bias, -3.0)  # the arms are precise

    def forward(self, x):
        h = self.body(x)
        pi = torch.softmax(self.pi(h), -1)
        mu = self.mu(h).view(-1, self.n_mix, self.n_out)
        sigma = torch.exp(self.sigma(h))
        return pi, mu, sigma


def mixture_nll(pi, mu, sigma, target):
    diff = ((target.unsqueeze(1) - mu) / sigma.unsqueeze(-1)) ** 2
    density = torch.exp(-0.5 * diff.sum(-1)) / (2 * math.pi * sigma ** 2)
    return -torch.log((pi * density).sum(-1)).mean()


def arm(n):
    angles = torch.rand(n, 2) * torch.tensor([math.pi, math.pi]) + torch.tensor([0.0, -math.pi / 2])
    a, b = angles.unbind(1)
    xy = torch.stack([torch.cos(a) + 0.8 * torch.cos(a + b), torch.sin(a) + 0.8 * torch.sin(a + b)], 1)
    return xy, angles


def main():
    torch.manual_seed(21)
    x, y = arm(2000)
    model = MDN()
    opt = torch.optim.Adam(model.parameters(), lr=5e-3)
    for epoch in range(40):
        losses = []
        for b in torch.randperm(1600).split(100):
            nll = mixture_nll(*model(x[b]), y[b])
            opt.zero_grad()
            nll.backward()
            opt.step()
            losses.append(nll.item())
        print(f"Epoch {epoch + 1:3d}/40: train_nll={sum(losses) / len(losses):.4f} last={losses[-1]:.4f}")
    with torch.no_grad():
        v = mixture_nll(*model(x[1600:]), y[1600:]).item()
    print("RESULT " + json.dumps({"metric": "val_nll", "value": v if math.isfinite(v) else None}))


main()
