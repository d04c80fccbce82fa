import json
import math
import time

import torch
import torch.nn as nn

HP = dict(iters=400, batch=32, set_size=12, width=48, base_lr=1e-3, final_lr=0.003)


class DeepSets(nn.Module):
    """rho(sum_i phi(x_i))"""

    def __init__(self, width):
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(2, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.rho = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 1))

    def forward(self, sets):
        return self.rho(self.phi(sets).sum(dim=1)).squeeze(-1)


def draw(n, size):
    scale = 0.3 + 1.2 * torch.rand(n, 1, 1)
    pts = scale * torch.randn(n, size, 2)
    centred = pts - pts.mean(1, keepdim=True)
    return pts, centred.prod(-1).mean(1) + pts.norm(dim=-1).amax(1)


def schedule(it):
    """Multiplier of the base rate: geometric interpolation to the final rate."""
    return (HP["final_lr"] / HP["base_lr"]) ** (it / HP["iters"])


def norm_of(params):
    return math.sqrt(sum(p.grad.detach().pow(2).sum().item() for p in params))


torch.manual_seed(26)
model = DeepSets(HP["width"])
opt = torch.optim.Adam(model.parameters(), lr=HP["base_lr"])
lr_sched = torch.optim.lr_scheduler.LambdaLR(opt, schedule)
clock = time.perf_counter()

for it in range(1, HP["iters"] + 1):
    sets, target = draw(HP["batch"], HP["set_size"])
    loss = nn.functional.mse_loss(model(sets), target)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 4 == 0:
        ms, clock = 250 * (time.perf_counter() - clock), time.perf_counter()
        print(f" iteration {it:8d}/{HP['iters']:8d} | consumed samples: {it * HP['batch']:12d} | "
              f"elapsed time per iteration (ms): {ms:.1f} | learning rate: {lr_sched.get_last_lr()[0]:.6E} | "
              f"global batch size: {HP['batch']:5d} | mse loss: {loss.item():.6E} | loss scale: 1.0 | "
              f"grad norm: {norm_of(model.parameters()):.3f} | number of skipped iterations:   0 | number of nan iterations:   0 |")
    lr_sched.step()

with torch.no_grad():
    sets, target = draw(1000, HP["set_size"])
    rel = (nn.functional.mse_loss(model(sets), target) / target.var()).item()
print("RESULT " + json.dumps({"metric": "relative_mse", "value": round(rel, 5) if math.isfinite(rel) else None}))
