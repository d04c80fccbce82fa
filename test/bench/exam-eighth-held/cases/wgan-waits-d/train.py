"""WGAN-GP for waiting times: a two-peaked one-dimensional distribution given the hour of day."""
import copy
import csv
import json

import torch
from torch import nn
from torch.autograd import grad

HOURS = 2


def real_waits(n):
    busy = torch.randint(0, HOURS, (n, 1)).float()
    slow = (torch.rand(n, 1) < 0.3 + 0.4 * busy).float()
    wait = torch.where(slow > 0, 1.6 + 0.25 * torch.randn(n, 1), -0.9 + 0.35 * torch.randn(n, 1))
    return wait, busy


class Generator(nn.Module):
    def __init__(self, z=4, h=32):
        super().__init__()
        self.z = z
        self.hid1 = nn.Linear(z + 1, h)
        self.hid2 = nn.Linear(h, h)
        self.out = nn.Linear(h, 1)

    def forward(self, busy):
        v = torch.cat([torch.randn(len(busy), self.z), busy], 1)
        v = torch.relu(self.hid1(v))
        v = torch.relu(self.hid2(v))
        return self.out(v)


class Critic(nn.Module):
    def __init__(self, h=32):
        super().__init__()
        self.hid1 = nn.Linear(2, h)
        self.hid2 = nn.Linear(h, h)
        self.out = nn.Linear(h, 1)

    def forward(self, wait, busy):
        v = torch.cat([wait, busy], 1)
        v = nn.functional.leaky_relu(self.hid1(v), 0.2)
        v = nn.functional.leaky_relu(self.hid2(v), 0.2)
        return self.out(v)


def penalty(critic, real, fake, busy):
    a = torch.rand_like(real)
    mix = (a * real + (1 - a) * fake).requires_grad_()
    g, = grad(critic(mix, busy).sum(), mix, create_graph=True)
    return ((g.abs() - 1) ** 2).mean()


class WGAN:
    n_critic = 5
    lam = 0.2
    ema = 0.99

    def __init__(self):
        self.G, self.D = Generator(), Critic()
        self.G_avg = copy.deepcopy(self.G)
        self.optG = torch.optim.Adam(self.G.parameters(), lr=1e-3, betas=(0.0, 0.9))
        self.optD = torch.optim.Adam(self.D.parameters(), lr=2e-3, betas=(0.0, 0.9))

    def critic_update(self, n=64):
        real, busy = real_waits(n)
        fake = self.G(busy).detach()
        loss = self.D(fake, busy).mean() - self.D(real, busy).mean() + self.lam * penalty(self.D, real, fake, busy)
        self.optD.zero_grad()
        loss.backward()
        self.optD.step()
        return loss.item()

    def generator_update(self, n=64):
        _, busy = real_waits(n)
        loss = -self.D(self.G(busy), busy).mean()
        self.optG.zero_grad()
        loss.backward()
        self.optG.step()
        with torch.no_grad():
            for slow, fast in zip(self.G_avg.parameters(), self.G.parameters()):
                slow.lerp_(fast, 1 - self.ema)
        return loss.item()


def w1(a, b):
    return (a.flatten().sort()[0] - b.flatten().sort()[0]).abs().mean().item()


def main(iterations=400):
    torch.manual_seed(55)
    gan = WGAN()
    names = ["critic/" + n for n, _ in gan.D.named_parameters()] + ["generator/" + n for n, _ in gan.G.named_parameters()]
    with open("wgan_log.csv", "w", newline="") as fh:
        w = csv.writer(fh, delimiter=";")
        w.writerow(["iteration", "critic_loss", "generator_loss"] + names)
        for it in range(iterations):
            for _ in range(gan.n_critic):
                c = gan.critic_update()
            dn = [p.grad.norm().item() for p in gan.D.parameters()]
            g = gan.generator_update()
            gn = [p.grad.norm().item() for p in gan.G.parameters()]
            if it % 5 == 0:
                w.writerow([it, round(c, 6), round(g, 6)] + [round(v, 7) for v in dn + gn])

    with torch.no_grad():
        dist = []
        for hour in range(HOURS):
            real, busy = real_waits(8000)
            real = real[busy == hour]
            fake = gan.G_avg(torch.full((len(real), 1), float(hour)))
            dist.append(w1(real, fake))
    print("W1 per hour", dist)
    print("RESULT " + json.dumps({"metric": "mean_w1", "value": round(sum(dist) / len(dist), 4)}))


if __name__ == "__main__":
    main()
