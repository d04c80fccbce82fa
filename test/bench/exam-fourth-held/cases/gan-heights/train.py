"""GAN that learns terrain profiles (8 heights)."""
import json
import torch
from torch import nn, optim

torch.manual_seed(18)
LATENT = 6


def terrain(n):
    k = torch.rand(n, 1) * 1.5 + 0.5
    ph = torch.rand(n, 1) * 6.28
    t = torch.linspace(0, 2, 8)
    return torch.sin(k * t + ph) + 0.05 * torch.randn(n, 8)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(LATENT, 48), nn.LeakyReLU(0.2), nn.Linear(48, 48), nn.LeakyReLU(0.2), nn.Linear(48, 8))

    def forward(self, z):
        return self.net(z)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 48), nn.LeakyReLU(0.2), nn.Linear(48, 48), nn.LeakyReLU(0.2), nn.Linear(48, 1))

    def forward(self, x):
        return self.net(x)


def gnorm(m):
    return sum(p.grad.pow(2).sum() for p in m.parameters()).sqrt().item()


G, D = Generator(), Critic()
opt_g = optim.Adam(G.parameters(), lr=2e-3, betas=(0.5, 0.99))
opt_d = optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.99))
bce = nn.BCEWithLogitsLoss()
B = 64
real_label, fake_label = torch.ones(B, 1), torch.zeros(B, 1)

for it in range(1500):
    x = terrain(B)
    z = torch.randn(B, LATENT)
    fake = G(z)
    d_loss = bce(D(x), real_label) + bce(D(fake.detach()), fake_label)
    opt_d.zero_grad()
    d_loss.backward()
    dn = gnorm(D)
    opt_d.step()

    g_loss = bce(D(fake), real_label)
    opt_g.zero_grad()
    g_loss.backward()
    gn = gnorm(G)
    opt_g.step()
    if it % 5 == 0:
        print(f"[{it:5d}/1500] loss_d: {d_loss.item():.4f} loss_g: {g_loss.item():.4f} grad_norm_d: {dn:.4f} grad_norm_g: {gn:.4f}")

with torch.no_grad():
    real, fake = terrain(4000), G(torch.randn(4000, LATENT))
    cov = lambda a: (a - a.mean(0)).t() @ (a - a.mean(0)) / len(a)
    distance = ((real.mean(0) - fake.mean(0)).norm() + (cov(real) - cov(fake)).norm() / cov(real).norm()).item()
print("RESULT " + json.dumps({"metric": "moment_distance", "value": round(distance, 4)}))
