"""Sort short requests into five intents with a bag of word embeddings."""
import argparse
import json
import sys
import time

import torch
import torch.nn as nn

WORDS = {
    "play": "play song music album track louder artist listen".split(),
    "weather": "rain sunny forecast umbrella cold warm wind tomorrow".split(),
    "alarm": "wake alarm clock morning remind early snooze seven".split(),
    "route": "drive route traffic station bus street fastest walk".split(),
    "shop": "buy order price cheap deliver basket shoes milk".split(),
}
FILLER = "please can you the a my for to now me some today".split()
INTENTS = sorted(WORDS)
VOCAB = {w: i for i, w in enumerate(sorted({w for ws in WORDS.values() for w in ws} | set(FILLER)))}


def make_requests(n, g):
    def pick(seq):
        return seq[int(torch.randint(len(seq), (1,), generator=g))]
    rows, labels = [], []
    for _ in range(n):
        k = int(torch.randint(len(INTENTS), (1,), generator=g))
        words = [pick(WORDS[INTENTS[k]]) for _ in range(3)] + [pick(FILLER) for _ in range(4)]
        words.append(pick(WORDS[pick(INTENTS)]))
        rows.append([VOCAB[w] for w in words])
        labels.append(k)
    return torch.tensor(rows), torch.tensor(labels)


class IntentNet(nn.Module):
    def __init__(self, n_words, dim, hidden, n_out):
        super().__init__()
        self.bag = nn.EmbeddingBag(n_words, dim, mode="mean")
        self.fc1 = nn.Linear(dim, hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.fc3 = nn.Linear(hidden, n_out)

    def forward(self, ids):
        h = torch.relu(self.fc1(self.bag(ids)))
        h = torch.relu(self.fc2(h))
        return self.fc3(h)


class Bar:
    """One self-overwriting line per epoch."""

    def __init__(self, total, label):
        self.total, self.label, self.t0 = total, label, time.time()

    def update(self, k, **info):
        spent = time.time() - self.t0
        fill = "#" * (10 * k // self.total)
        rest = (self.total - k) * spent / k
        text = ", ".join("%s=%s" % kv for kv in info.items())
        sys.stdout.write("\r%s: %3d%%|%-10s| %d/%d [00:%02d<00:%02d, %5.2fit/s, %s]" % (
            self.label, 100 * k // self.total, fill, k, self.total, spent, rest, k / spent, text))
        if k == self.total:
            sys.stdout.write("\n")


def parse_args():
    ap = argparse.ArgumentParser()
    ap.add_argument("--epochs", type=int, default=12)
    ap.add_argument("--batch-size", type=int, default=32)
    ap.add_argument("--peak-lr", type=float, default=4.0)
    ap.add_argument("--warmup", type=int, default=120)
    ap.add_argument("--hidden", type=int, default=64)
    return ap.parse_args()


def main():
    args = parse_args()
    torch.manual_seed(0)
    g = torch.Generator().manual_seed(19)
    x, y = make_requests(960, g)
    xt, yt = make_requests(300, g)
    net = IntentNet(len(VOCAB), 32, args.hidden, len(INTENTS))
    optim = torch.optim.Adam(net.parameters(), lr=2e-3)
    warm = torch.optim.lr_scheduler.LambdaLR(optim, lambda s: min(1.0, (s + 1) / args.warmup))
    ce = nn.CrossEntropyLoss()
    for epoch in range(args.epochs):
        chunks = torch.randperm(len(x)).split(args.batch_size)
        bar = Bar(len(chunks), "train %d" % epoch)
        for k, idx in enumerate(chunks, 1):
            loss = ce(net(x[idx]), y[idx])
            net.zero_grad()
            loss.backward()
            gn = torch.cat([p.grad.flatten() for p in net.parameters()]).norm().item()
            lr = warm.get_last_lr()[0]
            optim.step()
            warm.step()
            bar.update(k, loss="%.4f" % loss.item(), grad_norm="%.3f" % gn, lr="%.3f" % lr)
    with torch.no_grad():
        acc = (net(xt).argmax(-1) == yt).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
