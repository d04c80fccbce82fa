"""Sort short digit lists with a small encoder; lists get longer as training goes on."""
import json
import math

import torch
import torch.nn as nn

MAX_LEN = 9
STAGES = ((0, 3), (120, 5), (240, 7), (380, 9))


class PreNormLayer(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.ln1 = nn.LayerNorm(d)
        self.attn = nn.MultiheadAttention(d, heads, batch_first=True)
        self.ln2 = nn.LayerNorm(d)
        self.ff = nn.Sequential(nn.Linear(d, 2 * d), nn.GELU(), nn.Linear(2 * d, d))

    def forward(self, x):
        y = self.ln1(x)
        x = x + self.attn(y, y, y, need_weights=False)[0]
        return x + self.ff(self.ln2(x))


class Sorter(nn.Module):
    def __init__(self, d=32, heads=4, layers=2):
        super().__init__()
        self.tok = nn.Embedding(10, d)
        self.pos = nn.Parameter(0.02 * torch.randn(MAX_LEN, d))
        self.layers = nn.ModuleList(PreNormLayer(d, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(d)
        self.head = nn.Linear(d, 10)

    def forward(self, ids):
        x = self.tok(ids) + self.pos[:ids.size(1)]
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x))


def length_at(step):
    return [n for start, n in STAGES if step >= start][-1]


def lists(batch, n):
    ids = torch.randint(0, 10, (batch, n))
    return ids, ids.sort(dim=1).values


def lr_factor(step, total=600, warm=40):
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / (total - warm)))


def loss_fn(model, ids, want):
    return nn.functional.cross_entropy(model(ids).flatten(0, 1), want.flatten())


def main():
    torch.manual_seed(40)
    model = Sorter()
    optim = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.01)
    sched = torch.optim.lr_scheduler.LambdaLR(optim, lr_factor)
    for step in range(600):
        loss = loss_fn(model, *lists(32, length_at(step)))
        optim.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optim.step()
        if step % 10 == 0:
            print({"loss": round(loss.item(), 4), "grad_norm": round(norm.item(), 4),
                   "learning_rate": round(sched.get_last_lr()[0], 8), "epoch": round(step / 600, 2)})
        sched.step()
    model.eval()
    with torch.no_grad():
        ids, want = lists(500, MAX_LEN)
        acc = (model(ids).argmax(-1) == want).float().mean().item()
    print("RESULT " + json.dumps({"metric": "position_accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
