"""Wasserstein GAN with gradient penalty on the two-moons distribution."""
import json
import math

import torch
from torch import nn


def moons(n):
    a = math.pi * torch.rand(n)
    upper = (torch.rand(n) < 0.5).float()
    x = upper * torch.cos(a) + (1 - upper) * (1 - torch.cos(a))
    y = upper * torch.sin(a) + (1 - upper) * (0.5 - torch.sin(a))
    return torch.stack([x - 0.5, y - 0.25], 1) + 0.04 * torch.randn(n, 2)


def mlp(*sizes, slope=0.2):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            layers.append(nn.LeakyReLU(slope))
    return nn.Sequential(*layers)


class WGAN:
    def __init__(self, noise=4, lam=0.5):
        self.noise, self.lam = noise, lam
        self.generator = mlp(noise, 48, 48, 2)
        self.critic = mlp(2, 48, 48, 1)
        kw = dict(lr=2e-3, betas=(0.0, 0.9))
        self.opt_g = torch.optim.Adam(self.generator.parameters(), **kw)
        self.opt_c = torch.optim.Adam(self.critic.parameters(), **kw)

    def fake(self, n):
        return self.generator(torch.randn(n, self.noise))

    def penalty(self, real, fake):
        mix = torch.rand(len(real), 1)
        point = (mix * real + (1 - mix) * fake).requires_grad_()
        slope, = torch.autograd.grad(self.critic(point).sum(), point, create_graph=True)
        return ((slope.norm(dim=1) - 1) ** 2).mean()

    def critic_step(self, n):
        real, fake = moons(n), self.fake(n).detach()
        loss = self.critic(fake).mean() - self.critic(real).mean() + self.lam * self.penalty(real, fake)
        self.opt_c.zero_grad()
        loss.backward()
        self.opt_c.step()
        return loss.item()

    def generator_step(self, n):
        loss = -self.critic(self.fake(n)).mean()
        self.opt_g.zero_grad()
        loss.backward()
        self.opt_g.step()
        return loss.item()


def norms(net):
    return {n: round(p.grad.norm().item(), 6) for n, p in net.named_parameters() if p.dim() > 1}


def coverage(gan, n=1000):
    with torch.no_grad():
        gap = torch.cdist(gan.fake(n), moons(n))
    return 0.5 * (gap.min(0).values.mean() + gap.min(1).values.mean()).item()


def main():
    torch.manual_seed(90)
    gan = WGAN()
    with open("wgan.jsonl", "w") as out:
        for it in range(1, 701):
            for _ in range(2):
                c = gan.critic_step(64)
            critic_norms = norms(gan.critic)
            g = gan.generator_step(64)
            if it % 10 == 0:
                out.write(json.dumps({"iteration": it, "loss": {"critic": round(c, 5), "generator": round(g, 5)},
                                      "grad_norm": {"critic": critic_norms, "generator": norms(gan.generator)}}) + "\n")
    print("RESULT " + json.dumps({"metric": "nearest_distance", "value": round(coverage(gan), 4)}))


if __name__ == "__main__":
    main()
