"""Affine coupling flow on daily returns of four assets (heavy tails: now and then a crash day)."""
import json
import math

import torch
import torch.nn as nn


class Coupling(nn.Module):
    def __init__(self, d, flip):
        super().__init__()
        self.k, self.flip = d // 2, flip
        self.net = nn.Sequential(nn.Linear(self.k, 32), nn.Tanh(), nn.Linear(32, 2 * self.k))

    def forward(self, x):
        a, b = x[:, :self.k], x[:, self.k:]
        if self.flip:
            a, b = b, a
        s, t = self.net(a).chunk(2, 1)
        s = 1.5 * torch.tanh(s)
        b = (b + t) * s.exp()
        return (torch.cat([b, a], 1) if self.flip else torch.cat([a, b], 1)), s.sum(1)


class Flow(nn.Module):
    def __init__(self, d=4, n=4):
        super().__init__()
        self.steps = nn.ModuleList([Coupling(d, i % 2 == 1) for i in range(n)])

    def log_prob(self, x):
        ld = 0.0
        for s in self.steps:
            x, l = s(x)
            ld = ld + l
        return -0.5 * (x ** 2).sum(1) - 2 * math.log(2 * math.pi) + ld


def returns(n):
    z = torch.randn(n, 4)
    x = torch.stack([z[:, 0], 0.7 * z[:, 0] ** 2 - 0.7 + 0.3 * z[:, 1], z[:, 2], torch.sin(2 * z[:, 2]) + 0.3 * z[:, 3]], 1)
    crash = torch.rand(n, 1) < 0.0012
    return torch.where(crash, 11 * x, x)


def main():
    torch.manual_seed(77)
    flow = Flow()
    opt = torch.optim.Adam(flow.parameters(), lr=3e-3)
    with open("metrics.jsonl", "w") as log:
        for step in range(600):
            nll = -flow.log_prob(returns(64)).mean()
            opt.zero_grad()
            nll.backward()
            gn = nn.utils.clip_grad_norm_(flow.parameters(), 2.0)
            opt.step()
            if step % 3 == 0:
                log.write(json.dumps({"global_step": step, "loss/nll": nll.item(), "optim/total_norm": gn.item()}) + "\n")
    with torch.no_grad():
        x = returns(4000)
        lp = flow.log_prob(x)
        nll = -lp.median().item()
    print("RESULT " + json.dumps({"metric": "median_nll", "value": round(nll, 4)}))


if __name__ == "__main__":
    main()
