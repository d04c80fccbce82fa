"""Metric learning: embed points so that each class gathers around a learnt prototype (Gaussian kernel)."""
import json
import logging
import math
import sys

import torch
import torch.nn as nn

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="[%(levelname)s] %(asctime)s %(name)s: %(message)s",
                    datefmt="%d.%m.%Y %H:%M:%S")
LOG = logging.getLogger("proto")


class Embedder(nn.Module):
    def __init__(self, d_in=10, d_emb=8, classes=6):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d_in, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, d_emb))
        self.prototypes = nn.Parameter(torch.randn(classes, d_emb))

    def forward(self, x):
        z = self.net(x)
        gap = z.unsqueeze(1) - self.prototypes.unsqueeze(0)
        return gap.pow(2).sum(-1)

    def posterior(self, x):
        kernel = torch.exp(-self(x))
        return kernel / kernel.sum(dim=1, keepdim=True)


def nll(probs, y):
    return -torch.log(probs[torch.arange(len(y)), y]).mean()


def rings(n, gen, classes=6):
    y = torch.randint(0, classes, (n,), generator=gen)
    ang = 2 * math.pi * torch.rand(n, generator=gen)
    r = 1.0 + 0.5 * y + 0.08 * torch.randn(n, generator=gen)
    plane = torch.stack([r * ang.cos(), r * ang.sin()], dim=1)
    mix = torch.randn(2, 10, generator=torch.Generator().manual_seed(1))
    return plane @ mix + 0.05 * torch.randn(n, 10, generator=gen), y


def main(epochs=25, lr=6e-3, bs=40):
    torch.manual_seed(13)
    gen = torch.Generator().manual_seed(14)
    x, y = rings(1200, gen)
    xt, yt = rings(400, gen)
    model = Embedder()
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    step = 0
    for epoch in range(1, epochs + 1):
        for rows in torch.randperm(len(x)).split(bs):
            opt.zero_grad()
            loss = nll(model.posterior(x[rows]), y[rows])
            loss.backward()
            opt.step()
            step += 1
            if step % 10 == 0:
                LOG.info("step %4d | loss %.5f", step, loss.item())
                for name, p in model.named_parameters():
                    if not name.endswith("bias"):
                        LOG.info("  grad_norm %s = %.5f", name, p.grad.norm().item())
    with torch.no_grad():
        d2 = model(xt)
        acc = (d2.argmin(1) == yt).float().mean().item() if torch.isfinite(d2).all() else float("nan")
    print("RESULT " + json.dumps({"metric": "accuracy", "value": None if math.isnan(acc) else round(acc, 4)}))


if __name__ == "__main__":
    main()
