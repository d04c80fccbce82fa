"""
Poker-hand category from five cards.

A deep residual network whose branches start switched off (one scalar gate per block).
"""
import json
import os
from collections import Counter

import torch
import torch.nn as nn
import torch.nn.functional as F


class GatedBlock(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.fc1 = nn.Linear(width, width)
        self.fc2 = nn.Linear(width, width)
        self.gate = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.gate * self.fc2(F.silu(self.fc1(x)))


class HandNet(nn.Module):
    def __init__(self, blocks: int = 12, width: int = 48, classes: int = 4):
        super().__init__()
        self.embed = nn.Linear(17, width)
        self.blocks = nn.ModuleList(GatedBlock(width) for _ in range(blocks))
        self.classify = nn.Linear(width, classes)

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks:
            x = block(x)
        return self.classify(x)


def category(ranks):
    top = sorted(Counter(ranks).values(), reverse=True)
    if top[0] >= 3:
        return 3
    if top[0] == 2 and top[1] == 2:
        return 2
    return 1 if top[0] == 2 else 0


def deal(n, per_class):
    """Balanced deals from a 13-rank, 4-suit deck; features: count of each rank and of each suit."""
    hands, labels, need = [], [], Counter({c: per_class for c in range(4)})
    while sum(need.values()):
        for cards in torch.rand(n, 52).argsort(1)[:, :5]:
            c = category((cards % 13).tolist())
            if need[c] > 0:
                need[c] -= 1
                hands.append(torch.cat([F.one_hot(cards % 13, 13).sum(0), F.one_hot(cards // 13, 4).sum(0)]).float())
                labels.append(c)
    return torch.stack(hands), torch.tensor(labels)


def write_scalars(fh, step, loss, model):
    row = {"step": step, "loss/train": round(loss, 6)}
    for name, p in model.named_parameters():
        if name.endswith("bias"):
            continue
        row["grad_l2." + name] = p.grad.norm().item()
    fh.write(json.dumps(row) + os.linesep)


def main():
    torch.manual_seed(52)
    x, y = deal(2000, 300)
    xt, yt = deal(2000, 75)
    model = HandNet()
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.01)
    with open("scalars.jsonl", "w") as fh:
        for step in range(320):
            rows = torch.randint(0, len(x), (64,))
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            if step % 4 == 0:
                write_scalars(fh, step, loss.item(), model)
            optimizer.step()
    with torch.no_grad():
        acc = (model(xt).argmax(1) == yt).float().mean().item()
    print("RESULT " + json.dumps({"metric": "test_acc", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
