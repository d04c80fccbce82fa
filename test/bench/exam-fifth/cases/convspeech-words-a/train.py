"""Spoken command recognition on synthetic filterbank features (40 frames x 12 bands)."""
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

WORDS = 6


class Corpus:
    """clips from several recorders, drawn on the fly"""

    def __init__(self, seed):
        self.g = torch.Generator().manual_seed(seed)
        self.proto = torch.randn(WORDS, 3, 12, generator=self.g)
        self.served = 0

    def clip(self):
        w = int(torch.randint(0, WORDS, (1,), generator=self.g))
        x = 0.9 * torch.randn(40, 12, generator=self.g)
        t0 = int(torch.randint(0, 8, (1,), generator=self.g))
        for k in range(3):
            n = int(torch.randint(6, 11, (1,), generator=self.g))
            x[t0:t0 + n] += self.proto[w, k]
            t0 += n
        return x, w

    def batch(self, n, raw_at=None):
        xs, ys = zip(*[self.clip() for _ in range(n)])
        x = torch.stack(xs)
        self.served += n
        if raw_at is not None and self.served // n - 1 == raw_at:
            x[-2:] = (x[-2:] * 32768).round()
        return x, torch.tensor(ys)


class KeywordNet(nn.Module):
    def __init__(self, ch=24):
        super().__init__()
        self.c1 = nn.Conv1d(12, ch, 5, padding=2)
        self.c2 = nn.Conv1d(ch, ch, 5, padding=2, stride=2)
        self.c3 = nn.Conv1d(ch, ch, 5, padding=2, stride=2)
        self.fc = nn.Linear(ch, WORDS)

    def forward(self, x):
        x = x.transpose(1, 2)
        for c in (self.c1, self.c2, self.c3):
            x = F.relu(c(x))
        return self.fc(x.mean(-1))


def main():
    torch.manual_seed(8)
    train, test = Corpus(64), Corpus(64)
    test.g.manual_seed(65)
    net = KeywordNet()
    opt = torch.optim.Adam(net.parameters(), lr=1e-3)
    for update in range(180):
        x, y = train.batch(16, raw_at=20)
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        norm = math.sqrt(sum(float(p.grad.pow(2).sum()) for p in net.parameters()))
        opt.step()
        if update % 4 == 0:
            print(json.dumps({"update": update, "train_loss": round(loss.item(), 4), "gradient_norm": round(norm, 4), "lr": 1e-3}))
    x, y = test.batch(500)
    with torch.no_grad():
        nll = F.cross_entropy(net(x), y).item()
    print("RESULT " + json.dumps({"metric": "test_nll", "value": round(nll, 4)}))


if __name__ == "__main__":
    main()
