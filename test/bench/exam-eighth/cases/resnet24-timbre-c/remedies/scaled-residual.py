"""Instrument family from a short magnitude spectrum. Residual MLP.

Writes metrics.csv in the layout of Lightning's CSVLogger (sparse rows)."""
import csv
import json
import torch
from torch import nn
import torch.nn.functional as F


class ResBlock(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc1 = nn.Linear(dim, dim)
        self.fc2 = nn.Linear(dim, dim)
        for fc in (self.fc1, self.fc2):
            nn.init.kaiming_normal_(fc.weight, nonlinearity="relu")
            nn.init.zeros_(fc.bias)

    def forward(self, x):
        return x + 0.1 * self.fc2(F.relu(self.fc1(x)))


class TimbreNet(nn.Module):
    def __init__(self, n_bins=48, dim=64, n_blocks=24, n_class=6):
        super().__init__()
        self.stem = nn.Linear(n_bins, dim)
        self.blocks = nn.Sequential(*[ResBlock(dim) for _ in range(n_blocks)])
        self.head = nn.Linear(dim, n_class)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)))


class Spectra:
    """Harmonic spectra: a class fixes how fast the partials decay and the balance of odd and even ones."""

    def __init__(self, seed):
        self.g = torch.Generator().manual_seed(seed)
        self.decay = torch.tensor([0.3, 0.6, 1.0, 0.3, 0.6, 1.0])
        self.even = torch.tensor([1.0, 1.0, 1.0, 0.3, 0.3, 0.3])

    def draw(self, n):
        y = torch.randint(0, 6, (n,), generator=self.g)
        f0 = 2.0 + 4.0 * torch.rand(n, 1, generator=self.g)
        bins = torch.arange(48).float()[None, :]
        spec = torch.zeros(n, 48)
        for k in range(1, 9):
            amp = torch.exp(-self.decay[y] * (k - 1)) * (self.even[y] if k % 2 == 0 else 1.0)
            spec += amp[:, None] * torch.exp(-0.5 * ((bins - k * f0) / 0.7) ** 2)
        spec += 0.03 * torch.randn(n, 48, generator=self.g)
        return (spec - spec.mean(1, keepdim=True)) / spec.std(1, keepdim=True), y


class CSVLogger:
    def __init__(self, path, fields):
        self.fh = open(path, "w", newline="")
        self.w = csv.DictWriter(self.fh, fields)
        self.w.writeheader()

    def log(self, **row):
        self.w.writerow(row)


def main():
    torch.manual_seed(8)
    train, val = Spectra(1), Spectra(2)
    x_val, y_val = val.draw(600)
    model = TimbreNet()
    names = [n for n, p in model.named_parameters() if p.dim() > 1]
    logger = CSVLogger("metrics.csv", ["epoch", "step"] + ["grad_2.0_norm/" + n for n in names] +
                       ["grad_2.0_norm_total", "train_loss", "val_acc"])
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    step = 0
    for epoch in range(6):
        model.train()
        for _ in range(25):
            x, y = train.draw(64)
            loss = F.cross_entropy(model(x), y)
            opt.zero_grad()
            loss.backward()
            if step % 5 == 0:
                g = {"grad_2.0_norm/" + n: round(p.grad.norm(2).item(), 6) for n, p in model.named_parameters() if n in names}
                g["grad_2.0_norm_total"] = round(sum(v * v for v in g.values()) ** 0.5, 6)
                logger.log(epoch=epoch, step=step, **g)
                logger.log(epoch=epoch, step=step, train_loss=round(loss.item(), 5))
            opt.step()
            step += 1
        model.eval()
        with torch.no_grad():
            acc = (model(x_val).argmax(1) == y_val).float().mean().item()
        logger.log(epoch=epoch, step=step - 1, val_acc=round(acc, 4))
    logger.fh.close()
    print("RESULT " + json.dumps({"metric": "val_acc", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
