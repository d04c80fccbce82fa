import json
import math

import torch
import torch.nn as nn

TEXT = ("take two eggs and a cup of milk . stir the flour into the milk . add salt and a spoon of sugar . "
        "bake the cake for an hour . let the soup boil and add the salt . cut the bread and serve it with the soup . "
        "fry the eggs in butter . mix sugar and butter . pour the milk over the bread . ") * 4
CHARS = sorted(set(TEXT))
DATA = torch.tensor([CHARS.index(c) for c in TEXT])
BLOCK, BATCH, DIM = 24, 8, 40


class Block(nn.Module):
    def __init__(self, dim, heads=4, p=0.4):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attn = nn.MultiheadAttention(dim, heads, dropout=p, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(dim, 3 * dim), nn.GELU(), nn.Linear(3 * dim, dim), nn.Dropout(p))
        self.drop = nn.Dropout(p)

    def forward(self, x, mask):
        h = self.ln1(x)
        x = x + self.drop(self.attn(h, h, h, attn_mask=mask, need_weights=False)[0])
        return x + self.mlp(self.ln2(x))


class CharLM(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(len(CHARS), DIM)
        self.pos = nn.Embedding(BLOCK, DIM)
        self.blocks = nn.ModuleList([Block(DIM) for _ in range(2)])
        self.ln_f = nn.LayerNorm(DIM)
        self.lm_head = nn.Linear(DIM, len(CHARS))
        self.register_buffer("mask", torch.triu(torch.full((BLOCK, BLOCK), float("-inf")), 1))

    def forward(self, idx):
        x = self.tok(idx) + self.pos(torch.arange(BLOCK))
        for block in self.blocks:
            x = block(x, self.mask)
        return self.lm_head(self.ln_f(x))


def get_batch(n):
    i = torch.randint(0, len(DATA) - BLOCK - 1, (n, 1)) + torch.arange(BLOCK)
    return DATA[i], DATA[i + 1]


torch.manual_seed(52)
model = CharLM()
optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.05)
max_iters = 420
for it in range(max_iters):
    lr = 4e-3 * min(1.0, (it + 1) / 30) * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * it / max_iters)))
    for group in optimizer.param_groups:
        group["lr"] = lr
    x, y = get_batch(BATCH)
    loss = nn.functional.cross_entropy(model(x).flatten(0, 1), y.flatten())
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if it % 3 == 0:
        print(f"iter {it}: loss {loss.item():.4f}, norm: {norm.item():.4f}, lr {lr:.3e}, time 9.1ms, mfu -100.00%")
    if it % 140 == 139:
        model.eval()
        with torch.no_grad():
            vx, vy = get_batch(64)
            val = nn.functional.cross_entropy(model(vx).flatten(0, 1), vy.flatten()).item()
        model.train()
        print(f"step {it + 1}: train loss {loss.item():.4f}, val loss {val:.4f}")
print("RESULT " + json.dumps({"metric": "val_loss", "value": round(val, 4)}))
