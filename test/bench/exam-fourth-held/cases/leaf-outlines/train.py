"""Leaf outline classification. Config as dict, one file."""
import json
import math

import torch
import torch.nn as nn

config = {
    "seed": 9,
    "points": 32,
    "classes": 5,
    "hidden": [96, 96, 48],
    "optimizer": {"name": "SGD", "lr": 0.02, "momentum": 0.9, "weight_decay": 1e-4},
    "grad_clip": 1e-3,
    "epochs": 8,
    "batch": 50,
}


def outlines(n, cfg, gen):
    k = torch.randint(0, cfg["classes"], (n,), generator=gen)
    phi = torch.linspace(0, 2 * math.pi, cfg["points"] + 1)[:-1]
    lobes = (k + 2).float()[:, None]
    shift = 2 * math.pi * torch.rand(n, 1, generator=gen)
    radius = 1 + 0.45 * torch.cos(lobes * (phi + shift)) + 0.12 * torch.randn(n, cfg["points"], generator=gen)
    return torch.stack([radius * torch.cos(phi), radius * torch.sin(phi)], 1).flatten(1), k


def build_model(cfg):
    net = nn.Sequential()
    width = 2 * cfg["points"]
    for i, h in enumerate(cfg["hidden"]):
        net.add_module(f"linear{i}", nn.Linear(width, h))
        net.add_module(f"norm{i}", nn.BatchNorm1d(h))
        net.add_module(f"relu{i}", nn.ReLU())
        width = h
    net.add_module("logits", nn.Linear(width, cfg["classes"]))
    return net


def build_optimizer(net, cfg):
    args = dict(cfg["optimizer"])
    return getattr(torch.optim, args.pop("name"))(net.parameters(), **args)


gen = torch.Generator().manual_seed(config["seed"])
torch.manual_seed(config["seed"])
x, y = outlines(4000, config, gen)
xt, yt = outlines(1000, config, gen)
net = build_model(config)
optimizer = build_optimizer(net, config)
loss_fn = nn.CrossEntropyLoss()

iteration = 0
for epoch in range(config["epochs"]):
    net.train()
    for sel in torch.randperm(len(x)).split(config["batch"]):
        optimizer.zero_grad()
        loss = loss_fn(net(x[sel]), y[sel])
        loss.backward()
        total_norm = nn.utils.clip_grad_norm_(net.parameters(), config["grad_clip"])
        optimizer.step()
        iteration += 1
        if iteration % 20 == 0:
            print(json.dumps({"epoch": epoch, "iter": iteration, "loss": round(loss.item(), 4), "total_norm": round(total_norm.item(), 4), "lr": optimizer.param_groups[0]["lr"]}))
    net.eval()
    with torch.no_grad():
        acc = (net(xt).argmax(1) == yt).float().mean().item()
    print(json.dumps({"epoch": epoch, "val_acc": round(acc, 4)}))
print("RESULT " + json.dumps({"metric": "val_acc", "value": round(acc, 4)}))
