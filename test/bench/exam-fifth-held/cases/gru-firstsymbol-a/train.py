"""Curriculum: name the first of n symbols, where n grows from 3 to 20."""
import json
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F


class Recall(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.gru = nn.GRU(6, hidden, batch_first=True)
        self.cls = nn.Linear(hidden, 6)

    def forward(self, x):
        return self.cls(self.gru(x)[1][-1])


def sequences(n, length):
    ids = torch.randint(0, 6, (n, length))
    return F.one_hot(ids, 6).float(), ids[:, 0]


LEVELS = [3, 6, 12, 20]


def main():
    torch.manual_seed(15)
    net = Recall()
    opt = torch.optim.Adam(net.parameters(), lr=8e-3)
    level, ema, since = 0, 0.0, 0
    for step in range(1, 501):
        x, y = sequences(64, LEVELS[level])
        out = net(x)
        loss = F.cross_entropy(out, y)
        opt.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        ema = 0.9 * ema + 0.1 * (out.argmax(1) == y).float().mean().item()
        since += 1
        if step % 5 == 0:
            print(f"train: {step:4d}it [loss={loss.item():.4f}, acc={ema:.3f}, len={LEVELS[level]}, gnorm={norm.item():.3f}]", file=sys.stdout)
        if ema > 0.98 and level < len(LEVELS) - 1 and since > 20:
            level, since, ema = level + 1, 0, 0.0
    with torch.no_grad():
        x, y = sequences(1000, 20)
        acc = (net(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy_len20", "value": round(acc, 4)}))


main()
