"""Tag every token of short artificial sentences with its word class (bidirectional GRU)."""
import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

DET, NOUN, VERB, ADJ, PREP = range(5)
LEXICON = {
    "the": DET, "a": DET, "every": DET,
    "dog": NOUN, "house": NOUN, "light": NOUN, "walk": NOUN, "plant": NOUN, "garden": NOUN,
    "sees": VERB, "finds": VERB, "likes": VERB,
    "small": ADJ, "old": ADJ, "bright": ADJ,
    "in": PREP, "near": PREP,
}
AMBIGUOUS = {"light": ADJ, "walk": VERB, "plant": VERB}
WORDS = sorted(LEXICON)
BY_CLASS = {k: [w for w in WORDS if LEXICON[w] == k or AMBIGUOUS.get(w) == k] for k in range(5)}
PATTERN = [DET, ADJ, NOUN, VERB, DET, NOUN, PREP, DET, ADJ, NOUN]


def corpus(n):
    tags = torch.tensor(PATTERN).repeat(n, 1)
    for i in range(n):
        tags[i] = tags[i].roll(int(torch.randint(0, len(PATTERN), (1,))))
    ids = torch.empty_like(tags)
    for i in range(n):
        for j, k in enumerate(tags[i].tolist()):
            pool = BY_CLASS[k]
            ids[i, j] = WORDS.index(pool[int(torch.randint(0, len(pool), (1,)))])
    return ids, tags


class Tagger(nn.Module):
    def __init__(self, dim=16, hidden=24):
        super().__init__()
        self.lookup = nn.Embedding(len(WORDS), dim)
        self.gru = nn.GRU(dim, hidden, batch_first=True, bidirectional=True)
        self.score = nn.Linear(2 * hidden, 5)

    def loss(self, ids, tags):
        logits = self(ids)
        return F.cross_entropy(logits.reshape(-1, 5), tags.reshape(-1), reduction="sum")

    def forward(self, ids):
        return self.score(self.gru(self.lookup(ids))[0])


def bar(done, total, started, **stats):
    took = time.time() - started
    filled = "█" * int(20 * done / total)
    text = ", ".join(f"{k}={v}" for k, v in stats.items())
    sys.stdout.write(f"\rtrain: {100 * done // total:3d}%|{filled:<20}| {done}/{total} "
                     f"[00:{int(took):02d}<00:{int(took * (total - done) / done):02d}, {done / took:.2f}it/s, {text}]")


def fit(model, ids, tags, steps=200, bs=32):
    opt = torch.optim.Adam(model.parameters(), lr=4e-3)
    started = time.time()
    for step in range(1, steps + 1):
        rows = torch.randint(0, len(ids), (bs,))
        opt.zero_grad()
        loss = model.loss(ids[rows], tags[rows])
        loss.backward()
        gnorm = sum(p.grad.square().sum() for p in model.parameters()).sqrt().item()
        opt.step()
        if step % 2 == 0:
            bar(step, steps, started, loss=f"{loss.item():.4g}", grad_norm=f"{gnorm:.4g}")
    sys.stdout.write("\n")


if __name__ == "__main__":
    torch.manual_seed(52)
    ids, tags = corpus(500)
    ids_test, tags_test = corpus(100)
    net = Tagger()
    fit(net, ids, tags)
    with torch.no_grad():
        acc = (net(ids_test).argmax(-1) == tags_test).float().mean().item()
    print("RESULT " + json.dumps({"metric": "tag_accuracy", "value": round(acc, 4)}))
