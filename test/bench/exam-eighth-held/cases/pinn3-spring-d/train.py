# Physics-informed net: m x'' + c x' + k x = 0,  x(0) = 1, x'(0) = 0
import csv
import json
import math

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(6)

M, C, K = 1.0, 0.6, 4.0
T_END = 3.0


def exact(t):
    w = math.sqrt(K / M - (C / (2 * M)) ** 2)
    d = C / (2 * M)
    return torch.exp(-d * t) * (torch.cos(w * t) + d / w * torch.sin(w * t))


class Displacement(torch.nn.Module):
    """x(t) = 1 + t^2 * N(t): the initial conditions hold by construction."""

    def __init__(self, width=24):
        super().__init__()
        self.l1 = torch.nn.Linear(1, width)
        self.l2 = torch.nn.Linear(width, width)
        self.l3 = torch.nn.Linear(width, 1)

    def forward(self, t):
        z = 2 * t / T_END - 1
        z = torch.tanh(self.l1(2 * z))
        z = torch.tanh(self.l2(z))
        return 1 + t ** 2 * self.l3(z)


def residual(net, t):
    x = net(t)
    v, = torch.autograd.grad(x.sum(), t, create_graph=True)
    a, = torch.autograd.grad(v.sum(), t, create_graph=True)
    return M * a + C * v + K * x


net = Displacement()
STEPS = 50
opt = torch.optim.LBFGS(net.parameters(), lr=1.0, max_iter=6, history_size=40, tolerance_grad=1e-12,
                        tolerance_change=1e-14, line_search_fn="strong_wolfe")
t = torch.linspace(0, T_END, 60).view(-1, 1).requires_grad_()


def closure():
    opt.zero_grad()
    loss = residual(net, t).pow(2).mean()
    loss.backward()
    return loss


names = [n for n, _ in net.named_parameters()]
header = ["epoch", "step", "residual_loss"] + [f"grad_2.0_norm/{n}_step" for n in names] + ["grad_2.0_norm_total_step"]
with open("metrics.csv", "w", newline="") as fh:
    table = csv.DictWriter(fh, header, restval="")
    table.writeheader()
    for step in range(STEPS):
        loss = opt.step(closure)
        if step % 2 == 0:
            closure()
            norms = [p.grad.norm().item() for p in net.parameters()]
            row = {f"grad_2.0_norm/{n}_step": v for n, v in zip(names, norms)}
            row.update({"epoch": 0, "step": step, "grad_2.0_norm_total_step": math.hypot(*norms)})
            table.writerow(row)
            table.writerow({"epoch": 0, "step": step, "residual_loss": loss.item()})

with torch.no_grad():
    err = (net(t) - exact(t)).abs().max().item()
print("max error", err)
print("RESULT " + json.dumps({"metric": "max_abs_error", "value": round(err, 6)}))
