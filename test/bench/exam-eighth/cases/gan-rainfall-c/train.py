# %% [markdown]
# # Rainfall generator
# Toy GAN (hinge loss) for the three modes of daily rainfall.

# %%
import json
import torch
import torch.nn as nn
import csv

torch.manual_seed(2)

# %%
MODES = torch.tensor([-2.0, 0.0, 2.5])


def real(n):
    k = torch.multinomial(torch.tensor([0.5, 0.3, 0.2]), n, replacement=True)
    return (MODES[k] + 0.25 * torch.randn(n)).unsqueeze(1)


# %%
G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
D = nn.Sequential(nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
g_opt = torch.optim.Adam(G.parameters(), lr=5e-4, betas=(0.5, 0.9))
d_opt = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.9))
ema = [p.detach().clone() for p in G.parameters()]

# %%
rows = []
for it in range(1200):
    x, z = real(128), torch.randn(128, 4)
    fake = G(z)
    d_loss = torch.relu(1 - D(x)).mean() + torch.relu(1 + D(fake.detach())).mean()
    d_opt.zero_grad()
    d_loss.backward()
    d_norm = nn.utils.clip_grad_norm_(D.parameters(), 1e9).item()
    d_layers = {"D." + n: p.grad.norm().item() for n, p in D.named_parameters() if "weight" in n}
    d_opt.step()

    g_loss = -D(fake).mean()
    g_opt.zero_grad()
    g_loss.backward()
    if it % 8 == 0:
        row = {"it": it, "loss_D": d_loss.item(), "loss_G": g_loss.item(), "norm_D": d_norm}
        row.update(d_layers)
        row.update({"G." + n: p.grad.norm().item() for n, p in G.named_parameters() if "weight" in n})
        rows.append(row)
    g_opt.step()
    with torch.no_grad():
        for e, p in zip(ema, G.parameters()):
            e.mul_(0.99).add_(p, alpha=0.01)

with open("gan_history.csv", "w") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(rows[0].keys())
    w.writerows([f"{v:.6g}" for v in r.values()] for r in rows)

# %%
with torch.no_grad():
    for e, p in zip(ema, G.parameters()):
        p.copy_(e)
    a = G(torch.randn(4000, 4)).flatten().sort().values
    b = real(4000).flatten().sort().values
w1 = (a - b).abs().mean().item()
print("RESULT " + json.dumps({"metric": "wasserstein_1", "value": round(w1, 4)}))
