"""GAN on a two-dimensional mixture of Gaussians."""
import json

import torch
import torch.nn as nn

torch.manual_seed(13)
Z_DIM, HID, BATCH, ITERS = 4, 64, 64, 600


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(Z_DIM, HID), nn.ReLU(), nn.Linear(HID, HID), nn.ReLU(), nn.Linear(HID, 2))

    def forward(self, z):
        return self.net(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, HID), nn.LeakyReLU(0.2), nn.Linear(HID, HID), nn.LeakyReLU(0.2), nn.Linear(HID, 1), nn.Sigmoid())

    def forward(self, x):
        return self.net(x).squeeze(1)


def real_batch(n):
    centre = torch.tensor([[6.0, 6.0], [6.0, 9.0], [9.0, 6.0]])
    return centre[torch.randint(0, 3, (n,))] + 0.3 * torch.randn(n, 2)


def grad_norm(module):
    return sum(p.grad.pow(2).sum() for p in module.parameters()).sqrt().item()


G, D = Generator(), Discriminator()
opt_g = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(D.parameters(), lr=4e-3, betas=(0.5, 0.999))
for it in range(1, ITERS + 1):
    real = real_batch(BATCH)
    fake = G(torch.randn(BATCH, Z_DIM))

    p_real, p_fake = D(real), D(fake.detach())
    loss_d = -(torch.log(p_real + 1e-8) + torch.log(1 - p_fake + 1e-8)).mean()
    opt_d.zero_grad()
    loss_d.backward()
    gn_d = grad_norm(D)
    opt_d.step()

    p_fake = D(fake)
    loss_g = torch.log(1 - p_fake + 1e-8).mean()
    opt_g.zero_grad()
    loss_g.backward()
    gn_g = grad_norm(G)
    opt_g.step()

    if it % 5 == 0:
        print(f"[{it}/{ITERS}] D_loss: {loss_d.item():.5f}  G_loss: {loss_g.item():.5f}  D(x): {p_real.mean().item():.3f}  D(G(z)): {p_fake.mean().item():.3e}  grad_norm_D: {gn_d:.3e}  grad_norm_G: {gn_g:.3e}")

with torch.no_grad():
    fake = G(torch.randn(1000, Z_DIM))
    gap = (fake.mean(0) - real_batch(1000).mean(0)).norm().item()
print("RESULT " + json.dumps({"metric": "mean_gap", "value": round(gap, 4)}))
