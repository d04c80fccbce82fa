import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def galaxies(n, size=18):
    """Spiral / elliptical / edge-on: 8-bit images."""
    kind = torch.randint(0, 3, (n,))
    ax = torch.linspace(-1, 1, size)
    yy, xx = torch.meshgrid(ax, ax, indexing="ij")
    rot = math.pi * torch.rand(n, 1, 1)
    u = torch.cos(rot) * xx + torch.sin(rot) * yy
    v = -torch.sin(rot) * xx + torch.cos(rot) * yy
    r = (u ** 2 + v ** 2).sqrt()
    theta = torch.atan2(v, u)
    spiral = torch.exp(-2 * r) * (1 + torch.cos(2 * theta + 9 * r))
    ellipse = 1.6 * torch.exp(-3 * (u ** 2 + 2.0 * v ** 2))
    edge = 1.6 * torch.exp(-3 * u ** 2 - 60 * v ** 2)
    img = torch.stack([spiral, ellipse, edge], 1)[torch.arange(n), kind]
    img = 110 * img + 25 * torch.rand(n, size, size)
    return img.clamp(0, 255).byte().unsqueeze(1), kind


class GalaxyNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 3, padding=1)
        self.conv2 = nn.Conv2d(12, 24, 3, padding=1)
        self.fc1 = nn.Linear(24 * 4 * 4, 64)
        self.fc2 = nn.Linear(64, 3)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc2(x)


class Experiment:
    def __init__(self, cfg):
        self.cfg = cfg
        torch.manual_seed(cfg["seed"])
        self.train_set = galaxies(1600)
        self.test_set = galaxies(400)
        self.net = GalaxyNet()
        self.opt = torch.optim.SGD(self.net.parameters(), lr=cfg["lr"], momentum=cfg["momentum"])

    def one_epoch(self, epoch):
        x, y = self.train_set
        order = torch.randperm(len(x))
        for k in range(0, len(x), self.cfg["batch"]):
            sel = order[k:k + self.cfg["batch"]]
            loss = F.cross_entropy(self.net(x[sel].float()), y[sel])
            self.opt.zero_grad()
            loss.backward()
            if k % (8 * self.cfg["batch"]) == 0:
                g = {n: p.grad.norm().item() for n, p in self.net.named_parameters()}
                print(f"epoch {epoch} batch {k // self.cfg['batch']} loss {loss.item():.4f} " + " ".join(f"|d{n}|={v:.5f}" for n, v in g.items()))
            self.opt.step()

    @torch.no_grad()
    def accuracy(self):
        x, y = self.test_set
        return (self.net(x.float()).argmax(1) == y).float().mean().item()

    def run(self):
        for e in range(self.cfg["epochs"]):
            self.one_epoch(e)
            print(f"epoch {e} done, test accuracy {self.accuracy():.3f}")
        print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(self.accuracy(), 4)}))


if __name__ == "__main__":
    Experiment({"seed": 14, "lr": 0.02, "momentum": 0.9, "batch": 32, "epochs": 6}).run()
