"""Compress infrared-like spectra to six numbers."""
import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

HPARAMS = dict(sizes=[40, 32, 28, 24, 20, 6], lr=3e-3, batch_size=32, max_epochs=20, log_every=5)


def spectra(n):
    grid = torch.linspace(0, 1, 40)
    out = torch.zeros(n, 40)
    for centre in (0.2, 0.45, 0.8):
        pos = centre + 0.05 * torch.randn(n, 1)
        height = torch.rand(n, 1) * 1.5
        out += height * torch.exp(-((grid - pos) / 0.07) ** 2)
    return out + 0.02 * torch.randn(n, 40)


class LitAutoEncoder(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        enc, dec = [], []
        for a, b in zip(sizes[:-1], sizes[1:]):
            enc += [nn.Linear(a, b), nn.GELU()]
        back = sizes[::-1]
        for a, b in zip(back[:-1], back[1:]):
            dec += [nn.Linear(a, b), nn.GELU()]
        dec.pop()
        self.encoder = nn.Sequential(*enc)
        self.decoder = nn.Sequential(*dec)
        self.logged = {}

    def log(self, key, value):
        self.logged[key] = float(value)

    def training_step(self, x):
        loss = F.mse_loss(self.decoder(self.encoder(x)), x)
        self.log("train_loss", loss)
        return loss

    def on_before_optimizer_step(self):
        sq = 0.0
        for name, p in self.named_parameters():
            norm = p.grad.detach().norm(2)
            self.log(f"grad_2.0_norm/{name}", norm)
            sq += norm ** 2
        self.log("grad_2.0_norm_total", sq ** 0.5)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=HPARAMS["lr"])


def fit(module, train, val):
    opt = module.configure_optimizers()
    rows, step = [], 0
    for epoch in range(HPARAMS["max_epochs"]):
        for idx in torch.randperm(len(train)).split(HPARAMS["batch_size"]):
            loss = module.training_step(train[idx])
            opt.zero_grad()
            loss.backward()
            module.on_before_optimizer_step()
            opt.step()
            if step % HPARAMS["log_every"] == 0:
                rows.append({"step": step, "epoch": epoch, **module.logged})
            step += 1
        with torch.no_grad():
            v = F.mse_loss(module.decoder(module.encoder(val)), val).item()
        rows.append({"step": step - 1, "epoch": epoch, "val_loss": v})
    keys = sorted({k for r in rows for k in r})
    lines = [",".join(keys)] + [",".join(str(r.get(k, "")) for k in keys) for r in rows]
    Path("metrics.csv").write_text("\n".join(lines) + "\n")
    return v / val.var(0).mean().item()


torch.manual_seed(9)
x_train, x_val = spectra(640), spectra(200)
model = LitAutoEncoder(HPARAMS["sizes"])
print("RESULT " + json.dumps({"metric": "unexplained_variance", "value": round(fit(model, x_train, x_val), 4)}))
