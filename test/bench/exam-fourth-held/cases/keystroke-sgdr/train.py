"""Who is typing? Key hold and flight times; cosine schedule with restarts."""
import csv
import json

import torch
import torch.nn as nn
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts


class Typists:
    def __init__(self, people=10, keys=20, seed=0):
        g = torch.Generator().manual_seed(seed)
        self.hold = torch.rand(people, keys, generator=g)
        self.flight = torch.rand(people, keys, generator=g)
        self.people, self.keys = people, keys

    def sample(self, n, g):
        who = torch.randint(0, self.people, (n,), generator=g)
        tempo = 0.7 + 0.6 * torch.rand(n, 1, generator=g)
        x = torch.stack([self.hold[who] * tempo, self.flight[who] * tempo], 1)
        x = x + 0.33 * torch.randn(x.shape, generator=g)
        return x, who


net = nn.Sequential()
channels = [2, 24, 24]
torch.manual_seed(44)
for i, (a, b) in enumerate(zip(channels, channels[1:])):
    net.add_module("conv%d" % i, nn.Conv1d(a, b, 3, padding=1))
    net.add_module("bn%d" % i, nn.BatchNorm1d(b))
    net.add_module("act%d" % i, nn.ReLU())
net.add_module("flat", nn.Flatten())
net.add_module("fc", nn.Linear(24 * 20, 10))

g = torch.Generator().manual_seed(45)
typists = Typists()
x, y = typists.sample(3000, g)
xv, yv = typists.sample(1000, g)
opt = torch.optim.SGD(net.parameters(), lr=0.08, momentum=0.9, weight_decay=5e-4)
sched = CosineAnnealingWarmRestarts(opt, T_0=4, T_mult=2, eta_min=1e-4)
loss_fn = nn.CrossEntropyLoss()
fh = open("sgdr.csv", "w", newline="")
out = csv.writer(fh)
out.writerow(["epoch", "batch", "lr", "loss", "conv0", "conv1", "fc"])
per_epoch = 50
for epoch in range(12):
    net.train()
    for b, idx in enumerate(torch.randperm(3000).split(60)):
        loss = loss_fn(net(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        out.writerow([epoch, b, "%.5f" % opt.param_groups[0]["lr"], "%.5f" % loss.item()] + ["%.6f" % m.weight.grad.norm().item() for m in (net.conv0, net.conv1, net.fc)])
        opt.step()
        sched.step(epoch + (b + 1) / per_epoch)
fh.close()
net.eval()
with torch.no_grad():
    acc = (net(xv).argmax(1) == yv).float().mean().item()
print("validation accuracy %.3f" % acc)
print("RESULT " + json.dumps({"metric": "val_accuracy", "value": round(acc, 4)}))
