"""Decompose a measured spectrum into peaks with a tiny RBF model and L-BFGS."""
import csv
import json

import torch
from torch import nn


class Peaks(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.centre = nn.Parameter(torch.linspace(0.1, 0.9, k))
        self.log_width = nn.Parameter(torch.full((k,), -2.5))
        self.height = nn.Parameter(torch.full((k,), 0.5))
        self.baseline = nn.Parameter(torch.zeros(2))

    def forward(self, v):
        z = (v.unsqueeze(1) - self.centre) / self.log_width.exp()
        lines = (self.height * torch.exp(-0.5 * z * z)).sum(1)
        return lines + self.baseline[0] + self.baseline[1] * v


def spectrum(noise):
    v = torch.linspace(0, 1, 240)
    truth = [(0.18, 0.03, 0.9), (0.36, 0.05, 0.6), (0.55, 0.025, 1.1), (0.8, 0.06, 0.7)]
    s = 0.1 + 0.15 * v
    for c, w, h in truth:
        s = s + h * torch.exp(-0.5 * ((v - c) / w) ** 2)
    return v, s + noise * torch.randn(240), s


def main(iterations=60):
    torch.manual_seed(3)
    v, measured, clean = spectrum(noise=0.005)
    model = Peaks(4)
    solver = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=4, history_size=12)

    def closure():
        solver.zero_grad()
        misfit = ((model(v) - measured) ** 2).mean()
        misfit.backward()
        return misfit

    with open("fit.csv", "w", newline="") as fh:
        out = csv.writer(fh)
        out.writerow(["iteration", "loss"] + [f"grad_{n}" for n, _ in model.named_parameters()])
        for it in range(iterations):
            loss = solver.step(closure)
            out.writerow([it, "%.6e" % loss] + ["%.4e" % p.grad.norm() for p in model.parameters()])
    with torch.no_grad():
        rms = ((model(v) - clean) ** 2).mean().sqrt().item()
    print("RESULT " + json.dumps({"metric": "rms_to_clean", "value": round(rms, 6)}))


if __name__ == "__main__":
    main()
