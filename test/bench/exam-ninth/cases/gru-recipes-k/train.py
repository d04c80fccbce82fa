"""Character model on recipe lines. Loss is summed over the characters of the batch (bits are what I care about, not the mean)."""
import json
import math
import random

import torch
import torch.nn as nn
import torch.nn.functional as F

VERBS = "chop slice boil fry bake stir grate mash rinse".split()
THINGS = "onions carrots rice beans garlic apples leeks plums oats".split()
HOW = ["for ten minutes", "until soft", "with salt", "in butter", "on low heat"]


def line(rng):
    return "%s the %s %s.\n" % (rng.choice(VERBS), rng.choice(THINGS), rng.choice(HOW))


class CharGRU(nn.Module):
    def __init__(self, n_chars, emb=24, hid=96):
        super().__init__()
        self.emb = nn.Embedding(n_chars, emb)
        self.gru = nn.GRU(emb, hid, batch_first=True)
        self.dec = nn.Linear(hid, n_chars)

    def forward(self, idx):
        return self.dec(self.gru(self.emb(idx))[0])


def main():
    rng = random.Random(0)
    torch.manual_seed(0)
    text = "".join(line(rng) for _ in range(1500))
    chars = sorted(set(text))
    data = torch.tensor([chars.index(c) for c in text])
    split = int(0.9 * len(data))
    train, val = data[:split], data[split:]
    B, L, max_steps = 24, 48, 240

    def get(src):
        s = torch.randint(0, len(src) - L - 1, (B,))
        x = torch.stack([src[i:i + L] for i in s])
        y = torch.stack([src[i + 1:i + L + 1] for i in s])
        return x, y

    model = CharGRU(len(chars))
    opt = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.01)
    sched = torch.optim.lr_scheduler.LinearLR(opt, 1.0, 0.1, total_iters=max_steps)
    for step in range(1, max_steps + 1):
        x, y = get(train)
        loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten(), reduction="sum")
        opt.zero_grad()
        loss.backward()
        norm = math.sqrt(sum(p.grad.pow(2).sum().item() for p in model.parameters()))
        opt.step()
        if step % 5 == 0 or step == 1:
            print({"loss": round(loss.item(), 3), "grad_norm": norm, "learning_rate": sched.get_last_lr()[0],
                   "epoch": round(step * B * L / len(train), 2)})
        sched.step()
    with torch.no_grad():
        nll = sum(F.cross_entropy(model(x).flatten(0, 1), y.flatten()).item() for x, y in (get(val) for _ in range(8))) / 8
    print({"train_steps": max_steps, "eval_loss": nll})
    print("RESULT " + json.dumps({"metric": "eval_nll", "value": round(nll, 4)}))


if __name__ == "__main__":
    main()
