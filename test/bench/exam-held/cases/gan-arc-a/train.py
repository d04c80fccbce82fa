"""Sample points on an arc with a small GAN."""
import csv
import json

import torch
import torch.nn as nn
import torch.nn.functional as F


def mlp(d_in, d_out, hidden=48, act=nn.ReLU):
    return nn.Sequential(nn.Linear(d_in, hidden), act(), nn.Linear(hidden, hidden), act(), nn.Linear(hidden, d_out))


def arc(n):
    t = torch.rand(n, 1) * 3.1416
    return torch.cat([t.cos(), t.sin()], 1) + 0.05 * torch.randn(n, 2)


def norms(module, prefix):
    return {f"{prefix}.{n}": f"{p.grad.norm().item():.5f}" for n, p in module.named_parameters() if n.endswith("weight")}


torch.manual_seed(47)
gen, critic = mlp(3, 2), mlp(2, 1, act=lambda: nn.LeakyReLU(0.2))
opt_gen = torch.optim.Adam(gen.parameters(), lr=1e-3, betas=(0.5, 0.99))
opt_critic = torch.optim.Adam(critic.parameters(), lr=2e-3, betas=(0.5, 0.99))
writer = None
out = open("gan_metrics.csv", "w", newline="")
for step in range(900):
    real, fake = arc(64), gen(torch.randn(64, 3))
    loss_c = F.softplus(-critic(real)).mean() + F.softplus(critic(fake.detach())).mean()
    opt_critic.zero_grad()
    loss_c.backward()
    row = {"step": step, "loss_critic": f"{loss_c.item():.5f}"}
    row.update(norms(critic, "critic"))
    opt_critic.step()

    loss_g = F.softplus(-critic(fake)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    row["loss_gen"] = f"{loss_g.item():.5f}"
    row.update(norms(gen, "gen"))
    opt_gen.step()
    if step % 6 == 0:
        if writer is None:
            writer = csv.DictWriter(out, list(row))
            writer.writeheader()
        writer.writerow(row)
out.close()

with torch.no_grad():
    pts = gen(torch.randn(2000, 3))
    off = (pts.norm(dim=1) - 1).abs().mean().item()
print("RESULT " + json.dumps({"metric": "mean_radial_error", "value": round(off, 4)}))
