"""Self-supervised embeddings of spectra, SimSiam style: predictor on one side, target side is not differentiated."""
import json
import logging
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(asctime)s %(message)s")
SUBSTANCES = 12


def spectra(n, g, size=48):
    peaks = torch.rand(SUBSTANCES, 4, generator=torch.Generator().manual_seed(2)) * size
    y = torch.randint(0, SUBSTANCES, (n,), generator=g)
    t = torch.arange(size).float()
    return torch.exp(-0.5 * ((t - peaks[y][:, :, None]) / 1.5) ** 2).sum(1), y


def augment(x):
    x = x * (0.6 + 0.8 * torch.rand(len(x), 1)) + 0.25 * torch.randn_like(x)
    mask = (torch.rand_like(x) > 0.15).float()
    return x * mask


class SimSiam(nn.Module):
    def __init__(self, size=48, dim=32):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(size, 96), nn.BatchNorm1d(96), nn.ReLU(), nn.Linear(96, dim), nn.BatchNorm1d(dim))
        self.predictor = nn.Sequential(nn.Linear(dim, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, dim))

    def forward(self, a, b):
        za, zb = self.encoder(a), self.encoder(b)
        pa, pb = self.predictor(za), self.predictor(zb)
        return -0.5 * (F.cosine_similarity(pa, zb.detach()).mean() + F.cosine_similarity(pb, za.detach()).mean())


def knn(model, g):
    model.eval()
    with torch.no_grad():
        xr, yr = spectra(600, g)
        xq, yq = spectra(300, g)
        r = F.normalize(model.encoder(xr + 0.25 * torch.randn_like(xr)))
        q = F.normalize(model.encoder(xq + 0.25 * torch.randn_like(xq)))
        vote = yr[(q @ r.t()).topk(5, 1).indices].mode(1).values
    return (vote == yq).float().mean().item()


def main():
    torch.manual_seed(33)
    g = torch.Generator().manual_seed(34)
    model = SimSiam()
    opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    for step in range(800):
        x, _ = spectra(64, g)
        loss = model(augment(x), augment(x))
        opt.zero_grad()
        loss.backward()
        if step % 8 == 0:
            enc = torch.stack([p.grad.norm() for p in model.encoder.parameters()])
            pred = torch.stack([p.grad.norm() for p in model.predictor.parameters()])
            logging.info("step %d similarity_loss %.4f encoder_grad %.4e (first %.4e) predictor_grad %.4e", step, loss.item(), enc.norm(), enc[0], pred.norm())
        opt.step()
    print("RESULT " + json.dumps({"metric": "knn_accuracy", "value": round(knn(model, g), 4)}))


if __name__ == "__main__":
    main()
