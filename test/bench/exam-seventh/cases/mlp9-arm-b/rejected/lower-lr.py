"""Forward kinematics of a planar arm with four joints, learned from samples."""
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(88)
WIDTH, DEPTH = 64, 8


def reset(layer, bound):
    layer.weight.data.uniform_(-bound, bound)
    layer.bias.data.fill_(0.0)
    return layer


def build():
    parts = OrderedDict()
    parts["in"] = reset(nn.Linear(4, WIDTH), 0.8)
    parts["in_act"] = nn.ELU()
    for k in range(1, DEPTH):
        parts[f"h{k}"] = reset(nn.Linear(WIDTH, WIDTH), 0.8)
        parts[f"h{k}_act"] = nn.ELU()
    parts["xy"] = reset(nn.Linear(WIDTH, 2), 0.1)
    return nn.Sequential(parts)


def arm(n):
    theta = (torch.rand(n, 4) - 0.5) * 3.0
    links = torch.tensor([0.5, 0.4, 0.3, 0.2])
    total = theta.cumsum(dim=1)
    xy = torch.stack([(links * total.cos()).sum(1), (links * total.sin()).sum(1)], dim=1)
    return theta, xy


arm_net = build()
adam = torch.optim.Adam(arm_net.parameters(), lr=1e-4)
for it in range(400):
    theta, xy = arm(64)
    loss = F.mse_loss(arm_net(theta), xy)
    adam.zero_grad()
    loss.backward()
    if it % 25 == 0:
        print(f"iter {it:4d} loss {loss.item():.6g}")
        for name, p in arm_net.named_parameters():
            if name.endswith("weight"):
                print(f"  |grad| {name}: {p.grad.norm().item():.5g}")
    adam.step()

with torch.no_grad():
    theta, xy = arm(1000)
    err = F.mse_loss(arm_net(theta), xy).item()
print('RESULT {"metric": "test_mse", "value": %.6g}' % err)
