# %% [markdown]
# # Where am I? Indoor position from Wi-Fi signal strength
# 14 access points, signal in dBm, position (x, y) in metres.

# %%
import csv
import json

import torch
import torch.nn.functional as F

torch.manual_seed(8)

# %%
# access points on a 40 m x 25 m floor
ap = torch.rand(14, 2) * torch.tensor([40.0, 25.0])
pos = torch.rand(1800, 2) * torch.tensor([40.0, 25.0])
dist = torch.cdist(pos, ap).clamp(min=1.0)
rssi = -38.0 - 22.0 * torch.log10(dist) + 2.0 * torch.randn(1800, 14)
rssi = rssi.clamp(min=-95.0).round()
target = (pos - torch.tensor([20.0, 12.5])) / 10.0
rssi[:3]

# %%
x_train, y_train = rssi[:1500], target[:1500]
x_test, y_test = rssi[1500:], target[1500:]

# %%
# model from scratch
H = 64
W1 = torch.rand(14, H) / 14
b1 = torch.zeros(H)
W2 = torch.rand(H, H) / H
b2 = torch.zeros(H)
W3 = torch.rand(H, 2) / H
b3 = torch.zeros(2)
params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
for t in params.values():
    t.requires_grad_(True)


def net(x):
    h = F.relu(x @ W1 + b1)
    h = F.relu(h @ W2 + b2)
    return h @ W3 + b3


# %%
opt = torch.optim.Adam(params.values(), lr=2e-3)
cols = ["epoch", "step"] + ["grad_2.0_norm/" + k for k in params] + ["grad_2.0_norm_total", "train_loss_step", "train_loss_epoch"]
out = csv.DictWriter(open("metrics.csv", "w", newline=""), cols)
out.writeheader()

step = 0
for epoch in range(20):
    losses = []
    for idx in torch.randperm(1500).split(50):
        loss = F.mse_loss(net(x_train[idx]), y_train[idx])
        opt.zero_grad()
        loss.backward()
        if step % 10 == 0:
            g = {"grad_2.0_norm/" + k: round(t.grad.norm().item(), 6) for k, t in params.items()}
            g["grad_2.0_norm_total"] = round(sum(v ** 2 for v in g.values()) ** 0.5, 6)
            out.writerow({"epoch": epoch, "step": step, **g})
            out.writerow({"epoch": epoch, "step": step, "train_loss_step": round(loss.item(), 6)})
        opt.step()
        losses.append(loss.item())
        step += 1
    out.writerow({"epoch": epoch, "step": step - 1, "train_loss_epoch": round(sum(losses) / len(losses), 6)})

# %%
with torch.no_grad():
    error = ((net(x_test) - y_test) * 10).norm(dim=1).mean().item()
print("mean position error [m]:", error)
print("RESULT", json.dumps({"metric": "position_error_m", "value": round(error, 3)}))
