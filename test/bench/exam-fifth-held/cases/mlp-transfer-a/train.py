"""Transfer of a pretrained encoder to a new label set."""
import csv
import json

import torch
import torch.nn as nn
import torch.nn.functional as F


class LitModule(nn.Module):
    """bare-bones imitation of the usual hooks"""

    def training_step(self, batch):
        raise NotImplementedError

    def configure_optimizers(self):
        raise NotImplementedError


class Runner:
    def __init__(self, max_steps, log_every_n_steps, logfile):
        self.max_steps, self.every, self.logfile = max_steps, log_every_n_steps, logfile

    def fit(self, module, sampler):
        with open(self.logfile, "w", newline="") as fh:
            out = None
            for step in range(self.max_steps):
                loss = module.training_step(sampler())
                module.optimizer.zero_grad()
                loss.backward()
                module.optimizer.step()
                if step % self.every == 0:
                    row = {"step": step, "train_loss": f"{loss.item():.4f}", "lr": module.optimizer.param_groups[0]["lr"]}
                    for n, p in module.named_parameters():
                        if p.grad is not None and p.requires_grad:
                            row["grad/" + n] = f"{p.grad.norm().item():.4f}"
                    if out is None:
                        out = csv.DictWriter(fh, fieldnames=list(row))
                        out.writeheader()
                    out.writerow(row)


class Classifier(LitModule):
    def __init__(self, n_in, n_cls, lr):
        super().__init__()
        self.lr = lr
        self.encoder = nn.Sequential(nn.Linear(n_in, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.head = nn.Linear(64, n_cls)
        self.optimizer = self.configure_optimizers()

    def configure_optimizers(self):
        return torch.optim.Adam([p for p in self.parameters() if p.requires_grad], lr=self.lr)

    def freeze_encoder(self):
        for p in self.encoder.parameters():
            p.requires_grad_(False)

    def reset_head(self, n_cls):
        self.head = nn.Linear(64, n_cls)

    def forward(self, x):
        return self.head(self.encoder(x))

    def training_step(self, batch):
        x, y = batch
        return F.cross_entropy(self(x), y)


def world(n_cls, seed):
    g = torch.Generator().manual_seed(seed)
    mu = 1.6 * torch.randn(n_cls, 12, generator=g)

    def draw(n=64):
        y = torch.randint(0, n_cls, (n,), generator=g)
        return mu[y] + torch.randn(n, 12, generator=g), y
    return draw


def main():
    torch.manual_seed(40)
    source, target = world(10, 1), world(6, 2)
    model = Classifier(12, 10, 2e-3)
    Runner(300, 20, "pretrain.csv").fit(model, source)
    model.freeze_encoder()
    model.reset_head(6)
    Runner(400, 8, "transfer.csv").fit(model, target)
    x, y = target(1000)
    with torch.no_grad():
        acc = (model(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "target_accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
