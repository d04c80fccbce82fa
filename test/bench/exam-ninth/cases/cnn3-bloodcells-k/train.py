import json
import sys
import time

import torch
import torch.nn as nn
import torch.optim as optim


def render(n, gen, size=24, max_cells=7):
    """synthetic microscope fields and the number of cells on each"""
    counts = torch.randint(0, max_cells + 1, (n,), generator=gen)
    yy, xx = torch.meshgrid(torch.arange(size).float(), torch.arange(size).float(), indexing="ij")
    cy = 2 + (size - 4) * torch.rand(n, max_cells, 1, 1, generator=gen)
    cx = 2 + (size - 4) * torch.rand(n, max_cells, 1, 1, generator=gen)
    blob = torch.exp(-((yy - cy) ** 2 + (xx - cx) ** 2) / 3.0)
    on = (torch.arange(max_cells)[None] < counts[:, None]).float()[:, :, None, None]
    img = (blob * on).sum(1, keepdim=True) + 0.1 * torch.randn(n, 1, size, size, generator=gen)
    return img, counts.float()


class CellCounter(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU())
        self.density = nn.Conv2d(16, 1, 1)

    def forward(self, x):
        return self.density(self.features(x)).sum((1, 2, 3)) / 6


class ProgressBar:
    def __init__(self, label, total):
        self.label, self.total, self.t0 = label, total, time.time()

    def show(self, i, postfix):
        el = time.time() - self.t0
        sys.stdout.write(f"\r{self.label}: {100 * i // self.total:3d}%|{'#' * (10 * i // self.total):<10}| {i}/{self.total} "
                         f"[00:{el:02.0f}<00:{el * (self.total - i) / i:02.0f}, {i / el:5.2f}it/s, {postfix}]")
        if i == self.total:
            sys.stdout.write("\n")
        sys.stdout.flush()


def main():
    torch.manual_seed(31)
    gen = torch.Generator().manual_seed(31)
    x, y = render(768, gen)
    xv, yv = render(256, gen)
    model = CellCounter()
    optimizer = optim.SGD(model.parameters(), lr=0.08, momentum=0.9, nesterov=True)
    scheduler = optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=72, eta_min=1e-4)
    huber = nn.SmoothL1Loss()
    for epoch in range(12):
        bar = ProgressBar(f"epoch {epoch + 1:02d}", 24)
        for i, idx in enumerate(torch.randperm(768).split(32), 1):
            loss = huber(model(x[idx]), y[idx])
            optimizer.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            bar.show(i, f"loss={loss.item():.4f}, grad_norm={norm.item():.3f}, lr={scheduler.get_last_lr()[0]:.4f}")
            scheduler.step()
    model.eval()
    with torch.no_grad():
        mae = (model(xv) - yv).abs().mean().item()
    print("RESULT " + json.dumps({"metric": "count_mae", "value": round(mae, 4)}))


if __name__ == "__main__":
    main()
