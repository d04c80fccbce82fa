import json
import sys

import torch
from torch import nn


def badges(n, s=10):
    """binary pictures: a filled frame and a random bar inside"""
    img = torch.zeros(n, s, s)
    img[:, 0, :] = img[:, -1, :] = img[:, :, 0] = img[:, :, -1] = 1
    for i in range(n):
        r = torch.randint(2, s - 2, (1,)).item()
        if torch.rand(1).item() < 0.5:
            img[i, r, 2:s - 2] = 1
        else:
            img[i, 2:s - 2, r] = 1
    return img.flatten(1)


class VAE(nn.Module):
    def __init__(self, d=100, h=96, z=6):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(d, h), nn.ReLU(), nn.Linear(h, 2 * z))
        self.dec = nn.Sequential(nn.Linear(z, h), nn.ReLU(), nn.Linear(h, d), nn.Sigmoid())

    def forward(self, x):
        mu, logvar = self.enc(x).chunk(2, 1)
        z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()
        return self.dec(z), mu, logvar


def elbo(p, x, mu, logvar):
    rec = -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(1).mean()
    kl = -0.5 * (1 + logvar - mu ** 2 - logvar.exp()).sum(1).mean()
    return rec, kl


def bar(done, total):
    k = int(10 * done / total)
    return f"{100 * done // total:3d}%|{'#' * k}{' ' * (10 - k)}| {done}/{total}"


torch.manual_seed(4)
data = badges(1280)
test = badges(200)
model = VAE()
opt = torch.optim.Adam(model.parameters(), lr=8e-3)
for epoch in range(12):
    parts = torch.randperm(len(data)).split(64)
    for i, idx in enumerate(parts):
        x = data[idx]
        rec, kl = elbo(*((lambda o: (o[0], x, o[1], o[2]))(model(x))))
        loss = rec + kl
        opt.zero_grad()
        loss.backward()
        gn = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
        opt.step()
        if i % 4 == 3:
            sys.stdout.write(f"\rEpoch {epoch}: {bar(i + 1, len(parts))}, loss={loss.item():.2f}, rec={rec.item():.2f}, kl={kl.item():.2f}, gn={gn.item():.1f}")
    sys.stdout.write("\n")
model.eval()
with torch.no_grad():
    p, mu, lv = model(test)
    miss = ((p > 0.5).float() != test).float().mean().item() if torch.isfinite(p).all() else None
print("RESULT " + json.dumps({"metric": "pixel_error", "value": miss}))
