"""Digit-like glyphs, 8 x 8 grey values as they come from the scanner."""
import csv
import json

import torch
import torch.nn as nn


class LitGlyphs(nn.Module):
    def __init__(self, hidden=128, n_classes=8, lr=0.15):
        super().__init__()
        self.lr = lr
        self.encoder = nn.Sequential(nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.classifier = nn.Linear(hidden, n_classes)

    def forward(self, x):
        return self.classifier(self.encoder(x))

    def training_step(self, batch):
        x, y = batch
        return nn.functional.cross_entropy(self(x), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)


class GlyphData:
    def __init__(self, n_classes=8, seed=12):
        self.g = torch.Generator().manual_seed(seed)
        self.prototypes = (torch.rand(n_classes, 64, generator=self.g) > 0.6).float() * 200

    def batch(self, n):
        y = torch.randint(0, len(self.prototypes), (n,), generator=self.g)
        x = self.prototypes[y] + 40 * torch.randn(n, 64, generator=self.g)
        return x.clamp(0, 255), y


def fit(model, data, steps=300, every=5, validate_every=50):
    opt = model.configure_optimizers()
    names = [n for n, _ in model.named_parameters()]
    fields = ["epoch", "step", "train_loss", "val_loss", "grad_2.0_norm_total"] + [f"grad_2.0_norm/{n}" for n in names]
    with open("metrics.csv", "w", newline="") as fh:
        table = csv.DictWriter(fh, fields)
        table.writeheader()
        for step in range(steps):
            epoch = step // validate_every
            loss = model.training_step(data.batch(64))
            opt.zero_grad()
            loss.backward()
            if step % every == 0:
                row = {f"grad_2.0_norm/{n}": p.grad.norm().item() for n, p in model.named_parameters()}
                row["grad_2.0_norm_total"] = sum(v * v for v in row.values()) ** 0.5
                table.writerow({"epoch": epoch, "step": step, **{k: round(v, 7) for k, v in row.items()}})
                table.writerow({"epoch": epoch, "step": step, "train_loss": round(loss.item(), 6)})
            opt.step()
            if (step + 1) % validate_every == 0:
                with torch.no_grad():
                    table.writerow({"epoch": epoch, "step": step, "val_loss": round(model.training_step(data.batch(256)).item(), 6)})


if __name__ == "__main__":
    torch.manual_seed(12)
    data, model = GlyphData(), LitGlyphs()
    fit(model, data)
    x, y = data.batch(1000)
    with torch.no_grad():
        acc = (model(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))
