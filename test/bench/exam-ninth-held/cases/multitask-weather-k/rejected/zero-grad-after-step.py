"""Multi-task weather head: shared trunk, one regression head (temperature change) and one classification head (rain class)."""
import csv
import json
import math
from argparse import Namespace

import torch
import torch.nn as nn
import torch.nn.functional as F

hparams = Namespace(trunk_lr=1.2e-2, head_lr=1.2e-2, batch_size=64, epochs=6, width=64, seed=11, every=5)


class StationDataset(torch.utils.data.Dataset):
    def __init__(self, n, seed):
        g = torch.Generator().manual_seed(seed)
        self.x = torch.randn(n, 14, generator=g)
        w = torch.randn(14, 3, generator=torch.Generator().manual_seed(1234)) / math.sqrt(14)
        s = self.x @ w
        self.temp = torch.tanh(2 * s[:, 0]) + 0.5 * s[:, 1] * s[:, 2] + 0.05 * torch.randn(n, generator=g)
        self.rain = torch.bucketize(s[:, 1] + s[:, 0].abs(), torch.tensor([0.3, 1.2]))

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.temp[i], self.rain[i]


class WeatherNet(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(14, width), nn.GELU(), nn.Linear(width, width), nn.GELU())
        self.temp_head = nn.Linear(width, 1)
        self.rain_head = nn.Sequential(nn.Linear(width, 32), nn.GELU(), nn.Linear(32, 3))

    def forward(self, x):
        h = self.trunk(x)
        return self.temp_head(h).squeeze(-1), self.rain_head(h)


class CSVLog:
    """sparse table: one row per logged event, empty cells where a column does not apply"""

    def __init__(self, path, names):
        self.f = open(path, "w", newline="")
        self.w = csv.DictWriter(self.f, ["epoch", "step", "train_loss"] + ["grad_2.0_norm/" + n for n in names]
                                + ["grad_2.0_norm_total", "val_loss"])
        self.w.writeheader()

    def __call__(self, **kw):
        self.w.writerow(kw)
        self.f.flush()


def configure_optimizers(net):
    trunk = torch.optim.Adam(net.trunk.parameters(), lr=hparams.trunk_lr)
    heads = torch.optim.Adam([*net.temp_head.parameters(), *net.rain_head.parameters()],
                            lr=hparams.head_lr)
    return trunk, heads


def shared_step(net, batch):
    x, temp, rain = batch
    t, r = net(x)
    return F.mse_loss(t, temp) + F.cross_entropy(r, rain)


def main():
    torch.manual_seed(hparams.seed)
    train = torch.utils.data.DataLoader(StationDataset(2560, 1), hparams.batch_size, shuffle=True)
    val_set = StationDataset(800, 2)
    val = (val_set.x, val_set.temp, val_set.rain)
    net = WeatherNet(hparams.width)
    opt_trunk, opt_heads = configure_optimizers(net)
    log = CSVLog("metrics.csv", [n for n, _ in net.named_parameters()])
    step = 0
    for epoch in range(hparams.epochs):
        for batch in train:
            loss = shared_step(net, batch)
            loss.backward()
            if step % hparams.every == 0:
                norms = {"grad_2.0_norm/" + n: round(p.grad.norm(2).item(), 6) for n, p in net.named_parameters()}
                log(epoch=epoch, step=step, **norms,
                    **{"grad_2.0_norm_total": round(math.sqrt(sum(v * v for v in norms.values())), 6)})
                log(epoch=epoch, step=step, train_loss=round(loss.item(), 5))
            opt_trunk.step()
            opt_heads.step()
            opt_heads.zero_grad()
            step += 1
        with torch.no_grad():
            v = shared_step(net, val).item()
        log(epoch=epoch, step=step - 1, val_loss=round(v, 5))
    print("RESULT " + json.dumps({"metric": "val_loss", "value": round(v, 5)}))


if __name__ == "__main__":
    main()
