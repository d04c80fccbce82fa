"""Denoising autoencoder for yearly temperature curves (52 weekly means)."""
import csv
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CSVLogger:
    """Sparse rows: a metric that was not logged at a step stays empty."""

    def __init__(self, path, columns):
        self.fh = open(path, "w", newline="")
        self.writer = csv.DictWriter(self.fh, fieldnames=columns, restval="")
        self.writer.writeheader()

    def log(self, metrics, epoch, step):
        self.writer.writerow({**metrics, "epoch": epoch, "step": step})

    def close(self):
        self.fh.close()


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Linear(52, 40), nn.ELU(), nn.Linear(40, 4))
        self.up = nn.Sequential(nn.Linear(4, 40), nn.ELU(), nn.Linear(40, 52))

    def forward(self, x):
        return self.up(self.down(x))


def seasons(n):
    week = torch.arange(52).float() / 52 * 2 * math.pi
    mean = 0.5 * torch.randn(n, 1)
    swing = 1.0 + 0.3 * torch.randn(n, 1)
    shift = 0.25 * torch.randn(n, 1)
    return mean - swing * torch.cos(week + shift)


class Lit:
    def __init__(self, model, lr):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=30, eta_min=1e-6)

    def training_step(self, clean):
        noisy = clean + 0.1 * torch.randn_like(clean)
        return F.mse_loss(self.model(noisy), clean)

    def on_before_optimizer_step(self):
        return {f"grad_2.0_norm/{n}": f"{p.grad.norm(2).item():.6f}" for n, p in self.model.named_parameters()}


def fit(lit, train, val, logger, max_epochs=30, batch=32):
    step = 0
    for epoch in range(max_epochs):
        for chunk in train[torch.randperm(len(train))].split(batch):
            loss = lit.training_step(chunk)
            lit.optimizer.zero_grad()
            loss.backward()
            if step % 10 == 0:
                logger.log(lit.on_before_optimizer_step(), epoch, step)
                logger.log({"train_loss": f"{loss.item():.6f}"}, epoch, step)
            lit.optimizer.step()
            step += 1
        lit.scheduler.step()
        with torch.no_grad():
            logger.log({"val_loss": f"{lit.training_step(val).item():.6f}"}, epoch, step - 1)


def main():
    torch.manual_seed(21)
    train, val = seasons(640), seasons(160)
    model = Denoiser()
    columns = ["epoch", "step", "train_loss", "val_loss"] + [f"grad_2.0_norm/{n}" for n, _ in model.named_parameters()]
    logger = CSVLogger("metrics.csv", columns)
    fit(Lit(model, 3e-3), train, val, logger)
    logger.close()
    with torch.no_grad():
        mse = F.mse_loss(model(val + 0.1 * torch.randn_like(val)), val).item()
    print("RESULT " + json.dumps({"metric": "val_mse", "value": round(mse, 6)}))


if __name__ == "__main__":
    main()
