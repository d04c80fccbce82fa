"""Beta-VAE on closed curves; the weight of the KL term is warmed up slowly so that the code does not collapse."""
import csv
import json
import math

import torch
import torch.nn as nn

POINTS, LATENT = 20, 4


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2 * POINTS, 64)
        self.stats = nn.Linear(64, 2 * LATENT)

    def forward(self, x):
        mean, log_var = self.stats(torch.tanh(self.hidden(x))).chunk(2, dim=-1)
        return mean, log_var


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(LATENT, 64)
        self.out = nn.Linear(64, 2 * POINTS)

    def forward(self, z):
        return self.out(torch.tanh(self.hidden(z)))


class BetaVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def forward(self, x):
        mean, log_var = self.encoder(x)
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        recon = (self.decoder(z) - x).pow(2).sum(-1).mean()
        kl = 0.5 * (mean.pow(2) + log_var.exp() - 1 - log_var).sum(-1).mean()
        return recon, kl


def orbits(n):
    t = torch.linspace(0, 2 * math.pi, POINTS + 1)[:-1]
    a, b, tilt = 0.4 + torch.rand(n, 1), 0.4 + torch.rand(n, 1), math.pi * torch.rand(n, 1)
    x, y = a * torch.cos(t), b * torch.sin(t)
    return torch.cat([x * tilt.cos() - y * tilt.sin(), x * tilt.sin() + y * tilt.cos()], dim=1)


def beta_at(step, start=150, ramp=450, top=0.8):
    return top * min(1.0, max(0.0, (step - start) / ramp))


def main():
    torch.manual_seed(3)
    data, held_out = orbits(1500), orbits(300)
    vae = BetaVAE()
    opt = torch.optim.Adam(vae.parameters(), lr=3e-3)
    tracked = [n for n, _ in vae.named_parameters()]
    with open("history.csv", "w", newline="") as fh:
        out = csv.writer(fh)
        out.writerow(["step", "loss", "recon", "kl", "beta"] + tracked)
        for step in range(700):
            x = data[torch.randint(0, len(data), (48,))]
            recon, kl = vae(x)
            loss = recon + beta_at(step) * kl
            opt.zero_grad()
            loss.backward()
            if step % 10 == 0:
                out.writerow([step] + ["%.5f" % float(v) for v in (loss, recon, kl, beta_at(step))]
                             + ["%.5f" % p.grad.norm().item() for p in vae.parameters()])
            opt.step()
    with torch.no_grad():
        mean, _ = vae.encoder(held_out)
        fve = 1 - ((vae.decoder(mean) - held_out).pow(2).mean() / held_out.var()).item()
    print("RESULT " + json.dumps({"metric": "explained_variance", "value": round(fve, 4)}))


if __name__ == "__main__":
    main()
