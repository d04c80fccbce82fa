"""Height of a synthetic landscape from map coordinates; residual net whose branches start as identity."""
import csv
import json
import os

import torch
import torch.nn as nn


class Branch(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.up = nn.Linear(width, width)
        self.down = nn.Linear(width, width)
        nn.init.zeros_(self.down.weight)
        nn.init.zeros_(self.down.bias)

    def forward(self, h):
        return h + self.down(torch.relu(self.up(h)))


def landscape_net(width=40, depth=16):
    blocks = [("embed", nn.Linear(2, width))]
    blocks += [("res%02d" % i, Branch(width)) for i in range(depth)]
    blocks += [("height", nn.Linear(width, 1))]
    net = nn.Sequential()
    for name, block in blocks:
        net.add_module(name, block)
    return net


def terrain(xy):
    x, y = xy.unbind(1)
    hills = torch.exp(-4 * ((x - 0.4) ** 2 + (y + 0.3) ** 2)) - 0.8 * torch.exp(-6 * ((x + 0.5) ** 2 + (y - 0.2) ** 2))
    return (2 * hills + 0.4 * torch.sin(4 * x) * torch.cos(3 * y)).unsqueeze(1)


class SparseCSV:
    def __init__(self, path):
        self.path, self.rows, self.fields = path, [], ["step", "epoch"]

    def add(self, step, epoch, **values):
        self.rows.append({"step": step, "epoch": epoch, **values})
        self.fields += [k for k in values if k not in self.fields]

    def save(self):
        tmp = self.path + ".part"
        with open(tmp, "w", newline="") as fh:
            w = csv.DictWriter(fh, self.fields)
            w.writeheader()
            w.writerows(self.rows)
        os.replace(tmp, self.path)


def main():
    torch.manual_seed(44)
    net = landscape_net()
    xy = 2 * torch.rand(1500, 2) - 1
    z = terrain(xy)
    vxy = 2 * torch.rand(500, 2) - 1
    vz = terrain(vxy)
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    table = SparseCSV("version_0.csv")
    step = 0
    for epoch in range(12):
        for idx in torch.randperm(len(xy)).split(50):
            loss = nn.functional.mse_loss(net(xy[idx]), z[idx])
            opt.zero_grad()
            loss.backward()
            if step % 10 == 0:
                table.add(step, epoch, **{"grad_2.0_norm/" + n: f"{p.grad.norm().item():.6f}"
                                          for n, p in net.named_parameters() if n.endswith("weight")})
                table.add(step, epoch, train_loss=f"{loss.item():.6f}")
            opt.step()
            step += 1
        with torch.no_grad():
            val = nn.functional.mse_loss(net(vxy), vz).item()
        table.add(step - 1, epoch, val_loss=f"{val:.6f}")
    table.save()
    print("RESULT " + json.dumps({"metric": "val_mse", "value": round(val, 6)}))


if __name__ == "__main__":
    main()
