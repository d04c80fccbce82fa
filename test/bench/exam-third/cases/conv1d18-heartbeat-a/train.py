import csv
import json

import torch
import torch.nn.functional as F

from config import Config
from data import heartbeats
from model import BeatNet


def evaluate(model, x, y):
    model.eval()
    with torch.no_grad():
        acc = (model(x).argmax(1) == y).float().mean().item()
    model.train()
    return acc


def train(cfg):
    torch.manual_seed(cfg.seed)
    x, y = heartbeats(1200, cfg.seed)
    xv, yv = heartbeats(400, cfg.seed + 1)
    model = BeatNet(cfg)
    optim = torch.optim.SGD(model.parameters(), cfg.lr, momentum=cfg.momentum, weight_decay=cfg.weight_decay)
    names = [n for n, p in model.named_parameters() if p.dim() > 1]
    with open(cfg.log_file, "w", newline="") as fh:
        writer = csv.writer(fh)
        writer.writerow(["step", "train_loss"] + [f"grad/{n}" for n in names])
        for it in range(cfg.iterations):
            pick = torch.randint(0, len(x), (cfg.batch_size,))
            loss = F.cross_entropy(model(x[pick]), y[pick])
            optim.zero_grad(set_to_none=True)
            loss.backward()
            if it % cfg.log_every == 0:
                params = dict(model.named_parameters())
                writer.writerow([it, f"{loss.item():.5f}"] + [f"{params[n].grad.norm().item():.3e}" for n in names])
            optim.step()
    return evaluate(model, xv, yv)


if __name__ == "__main__":
    print("RESULT " + json.dumps({"metric": "val_acc", "value": train(Config())}))
