"""Wasserstein GAN with gradient penalty; target: two interleaved arcs in the plane."""
import json

import torch
from torch import autograd, nn


class Net(nn.Sequential):
    def __init__(self, d_in, d_out, width=32):
        super().__init__()
        self.add_module("fc1", nn.Linear(d_in, width))
        self.add_module("a1", nn.LeakyReLU(0.2))
        self.add_module("fc2", nn.Linear(width, width))
        self.add_module("a2", nn.LeakyReLU(0.2))
        self.add_module("fc3", nn.Linear(width, d_out))


class WGANTrainer:
    LAMBDA, N_CRITIC, BATCH, Z = 1.0, 3, 64, 4

    def __init__(self, log_path):
        self.G, self.D = Net(self.Z, 2), Net(2, 1)
        self.opt_g = torch.optim.Adam(self.G.parameters(), lr=1e-3, betas=(0.5, 0.9))
        self.opt_d = torch.optim.Adam(self.D.parameters(), lr=1e-3, betas=(0.5, 0.9))
        self.log = open(log_path, "w")

    def real(self, n):
        t = torch.rand(n) * 3.1416
        k = torch.randint(0, 2, (n,)).float()
        x = torch.cos(t) * (1 - 2 * k) + k
        y = torch.sin(t) * (1 - 2 * k) + 0.5 * k
        return 4.0 * torch.stack([x - 0.5, y - 0.25], 1) + 0.15 * torch.randn(n, 2)

    def fake(self, n):
        return self.G(torch.randn(n, self.Z))

    def penalty(self, real, fake):
        a = torch.rand(len(real), 1)
        mid = (a * real + (1 - a) * fake).requires_grad_(True)
        g, = autograd.grad(self.D(mid).sum(), mid, create_graph=True)
        return ((g.norm(dim=1) - 1) ** 2).mean()

    @staticmethod
    def norms(net):
        return {n: float("%.4g" % p.grad.norm()) for n, p in net.named_parameters() if n.endswith("weight")}

    def critic_step(self):
        real, fake = self.real(self.BATCH), self.fake(self.BATCH).detach()
        w = self.D(real).mean() - self.D(fake).mean()
        loss = -w + self.LAMBDA * self.penalty(real, fake)
        self.opt_d.zero_grad()
        loss.backward()
        self.opt_d.step()
        return loss.item(), w.item()

    def generator_step(self):
        loss = -self.D(self.fake(self.BATCH)).mean()
        self.opt_g.zero_grad()
        loss.backward()
        self.opt_g.step()
        return loss.item()

    def run(self, iterations):
        for i in range(iterations):
            for _ in range(self.N_CRITIC):
                d, w = self.critic_step()
            dn = self.norms(self.D)
            g = self.generator_step()
            if i % 5 == 0:
                self.log.write(json.dumps({"iteration": i, "critic_loss": d, "gen_loss": g, "wasserstein": w,
                                           "gradients": {"critic": dn, "generator": self.norms(self.G)}}) + "\n")
        self.log.close()

    @torch.no_grad()
    def score(self, n=600):
        f, r = self.fake(n), self.real(n)
        d = torch.cdist(f, r)
        return (d.min(0).values.mean() + d.min(1).values.mean()).item()


if __name__ == "__main__":
    torch.manual_seed(31)
    t = WGANTrainer("wgan.jsonl")
    t.run(450)
    print("RESULT " + json.dumps({"metric": "chamfer", "value": round(t.score(), 4)}))
