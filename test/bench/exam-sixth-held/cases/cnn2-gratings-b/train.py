"""Orientation of gratings, AdamW with cosine warm restarts."""
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

CYCLE, CYCLES, BATCH = 100, 4, 32


def gratings(n, g):
    k = torch.randint(0, 6, (n,), generator=g)
    theta = (k.float() / 6 * math.pi).view(-1, 1, 1)
    freq = 0.7 + 0.5 * torch.rand(n, 1, 1, generator=g)
    phase = 2 * math.pi * torch.rand(n, 1, 1, generator=g)
    r = torch.arange(14.0) - 6.5
    yy, xx = torch.meshgrid(r, r, indexing="ij")
    img = torch.sin(freq * (xx * theta.cos() + yy * theta.sin()) + phase)
    return (img + 1.6 * torch.randn(n, 14, 14, generator=g)).unsqueeze(1), k


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 12, 5)
        self.n1 = nn.BatchNorm2d(12)
        self.c2 = nn.Conv2d(12, 16, 3)
        self.n2 = nn.BatchNorm2d(16)
        self.fc = nn.Linear(16, 6)

    def forward(self, x):
        x = F.relu(self.n1(self.c1(x))).square()
        x = F.relu(self.n2(self.c2(x)))
        return self.fc(x.mean((2, 3)))


def run():
    torch.manual_seed(81)
    g = torch.Generator().manual_seed(82)
    x, y = gratings(1500, g)
    xt, yt = gratings(400, g)
    net = Net()
    opt = torch.optim.AdamW(net.parameters(), lr=2e-2, weight_decay=1e-3)
    sched = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, T_0=CYCLE)
    for step in range(CYCLE * CYCLES):
        i = torch.randint(0, len(x), (BATCH,))
        loss = F.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        if step % 4 == 0:
            rec = {"step": step, "train/loss": round(loss.item(), 5), "train/lr": sched.get_last_lr()[0]}
            rec.update(("grad_norm/" + n, round(p.grad.norm().item(), 6)) for n, p in net.named_parameters()
                       if "weight" in n)
            print(json.dumps(rec))
        opt.step()
        sched.step()
    net.eval()
    with torch.no_grad():
        return (net(xt).argmax(1) == yt).float().mean().item()


if __name__ == "__main__":
    print("RESULT " + json.dumps({"metric": "val_accuracy", "value": round(run(), 4)}))
