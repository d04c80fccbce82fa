"""Topic classifier with a character CNN: head first, then the encoder is released block by block."""
import json

import torch
import torch.nn as nn
import torch.nn.functional as F

ALPHABET = "abcdefghijklmnopqrstuvwxyz "
STEMS = {0: ["goal", "match", "team", "league"], 1: ["bank", "market", "stock", "trade"],
         2: ["virus", "doctor", "clinic", "cure"], 3: ["planet", "rocket", "orbit", "comet"]}
NOISE = ["the", "with", "new", "says", "over", "into", "after", "many"]


def sentence(label, g):
    def any_of(seq):
        return seq[int(torch.randint(len(seq), (1,), generator=g))]
    words = [any_of(NOISE), any_of(STEMS[label]), any_of(NOISE), any_of(STEMS[label]), any_of(NOISE)]
    text = " ".join(words)[:30].ljust(30)
    return [ALPHABET.index(c) for c in text]


def corpus(n, g, permute=None):
    y = torch.randint(0, 4, (n,), generator=g)
    x = torch.tensor([sentence(int(k), g) for k in y])
    return x, (y if permute is None else permute[y])


def encoder():
    return nn.ModuleDict({
        "emb": nn.Embedding(len(ALPHABET), 12),
        "block1": nn.Conv1d(12, 24, 3, padding=1),
        "block2": nn.Conv1d(24, 32, 3, padding=1),
    })


def encode(enc, ids):
    h = enc["emb"](ids).transpose(1, 2)
    h = F.relu(enc["block1"](h))
    h = F.relu(enc["block2"](F.max_pool1d(h, 2)))
    return h.amax(dim=2)


def set_trainable(enc, names):
    for name, module in enc.items():
        for p in module.parameters():
            p.requires_grad_(name in names)
            p.grad = None


def snapshot(modules):
    out = {}
    for top, m in modules.items():
        out[top] = {n: (0.0 if p.grad is None else round(p.grad.norm().item(), 7)) for n, p in m.named_parameters()
                    if n.endswith("weight")}
    return out


def optimise(enc, head, data, steps, opt, log=None, first=0):
    x, y = data
    for s in range(steps):
        idx = torch.randint(len(x), (32,))
        loss = F.cross_entropy(head(encode(enc, x[idx])), y[idx])
        opt.zero_grad()
        loss.backward()
        if log is not None and s % 5 == 0:
            log.write(json.dumps({"step": first + s, "loss": round(loss.item(), 6),
                                  "grad_norm": snapshot({"encoder": enc, "head": head})}) + "\n")
        opt.step()


def main():
    torch.manual_seed(15)
    g = torch.Generator().manual_seed(150)
    enc = encoder()
    old_head = nn.Linear(32, 2)
    coarse = corpus(800, g, permute=torch.tensor([0, 1, 0, 1]))
    optimise(enc, old_head, coarse, 200, torch.optim.Adam([*enc.parameters(), *old_head.parameters()], lr=2e-3))

    head = nn.Linear(32, 4)
    train, test = corpus(800, g), corpus(300, g)
    with open("finetune.jsonl", "w") as log:
        done = 0
        for released, lr, steps in (((), 1e-2, 150), (("block2",), 2e-3, 150), (("block2", "block1"), 1e-3, 150)):
            set_trainable(enc, released)
            params = [p for p in enc.parameters() if p.requires_grad] + list(head.parameters())
            optimise(enc, head, train, steps, torch.optim.Adam(params, lr=lr), log, done)
            done += steps
    with torch.no_grad():
        acc = (head(encode(enc, test[0])).argmax(1) == test[1]).float().mean().item()
    print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
