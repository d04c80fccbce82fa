import csv
import json

import torch
from torch import nn


class GatedBranch(nn.Module):
    """x + alpha * f(x); alpha is learnt and starts at zero."""

    def __init__(self, width):
        super().__init__()
        self.lin = nn.Linear(width, width)
        self.alpha = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.alpha * torch.relu(self.lin(x))


class RingClassifier(nn.Module):
    def __init__(self, width=24, depth=20, classes=3):
        super().__init__()
        self.embed = nn.Linear(2, width)
        self.branches = nn.ModuleList([GatedBranch(width) for _ in range(depth)])
        self.logits = nn.Linear(width, classes)

    def forward(self, x):
        h = self.embed(x)
        for branch in self.branches:
            h = branch(h)
        return self.logits(h)


class Logger:
    def __init__(self, model):
        self.model = model
        self.names = [n for n, _ in model.named_parameters()]
        self.fh = open("metrics.csv", "w", newline="")
        self.csv = csv.DictWriter(self.fh, ["step", "epoch", "train_loss", "val_acc"]
                                  + [f"grad_2.0_norm/{n}" for n in self.names] + ["grad_2.0_norm_total"], restval="")
        self.csv.writeheader()

    def gradients(self, step, epoch):
        norms = {n: p.grad.norm(2).item() for n, p in self.model.named_parameters()}
        row = {f"grad_2.0_norm/{n}": f"{v:.6g}" for n, v in norms.items()}
        row["grad_2.0_norm_total"] = f"{sum(v * v for v in norms.values()) ** 0.5:.6g}"
        self.csv.writerow({"step": step, "epoch": epoch, **row})

    def scalars(self, step, epoch, **kw):
        self.csv.writerow({"step": step, "epoch": epoch, **{k: f"{v:.5f}" for k, v in kw.items()}})


def make_rings(n):
    k = torch.randint(0, 3, (n,))
    a = 6.2832 * torch.rand(n)
    r = 0.5 + 0.6 * k + 0.1 * torch.randn(n)
    return torch.stack([r * a.cos(), r * a.sin()], 1), k


def main():
    torch.manual_seed(40)
    (x, y), (xv, yv) = make_rings(1000), make_rings(400)
    model = RingClassifier()
    optimizer = torch.optim.Adam(model.parameters(), lr=1.5e-3)
    logger, step = Logger(model), 0
    for epoch in range(10):
        for idx in torch.randperm(len(x)).split(50):
            loss = nn.functional.cross_entropy(model(x[idx]), y[idx])
            optimizer.zero_grad()
            loss.backward()
            if step % 5 == 0:
                logger.gradients(step, epoch)
                logger.scalars(step, epoch, train_loss=loss.item())
            optimizer.step()
            step += 1
        with torch.no_grad():
            acc = (model(xv).argmax(1) == yv).float().mean().item()
        logger.scalars(step - 1, epoch, val_acc=acc)
    logger.fh.close()
    print("RESULT " + json.dumps({"metric": "val_acc", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
