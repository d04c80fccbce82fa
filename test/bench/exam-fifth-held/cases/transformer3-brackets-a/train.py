"""Decoder-only transformer that completes the closing half of a bracket string."""
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

KINDS, HALF, D, HEADS, LAYERS = 5, 6, 48, 4, 3
STEPS, WARMUP, PEAK = 320, 120, 5e-2


def get_batch(n):
    opening = torch.randint(0, KINDS, (n, HALF))
    closing = opening.flip(1) + KINDS
    return torch.cat([opening, closing], 1)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(D, HEADS, batch_first=True)
        self.ln1, self.ln2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.ff = nn.Sequential(nn.Linear(D, 2 * D), nn.ReLU(), nn.Linear(2 * D, D))

    def forward(self, x, mask):
        x = self.ln1(x + self.attn(x, x, x, attn_mask=mask, need_weights=False)[0])
        return self.ln2(x + self.ff(x))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(2 * KINDS, D)
        self.wpe = nn.Embedding(2 * HALF, D)
        self.h = nn.ModuleList([Block() for _ in range(LAYERS)])
        self.lm_head = nn.Linear(D, 2 * KINDS)

    def forward(self, idx):
        t = idx.size(1)
        mask = torch.triu(torch.ones(t, t, dtype=torch.bool), 1)
        x = self.wte(idx) + self.wpe(torch.arange(t))
        for b in self.h:
            x = b(x, mask)
        return self.lm_head(x)


def get_lr(it):
    if it < WARMUP:
        return PEAK * (it + 1) / WARMUP
    return PEAK * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * (it - WARMUP) / (STEPS - WARMUP))))


torch.manual_seed(1337)
model = GPT()
optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, betas=(0.9, 0.95), weight_decay=0.01)
for it in range(STEPS):
    lr = get_lr(it)
    for group in optimizer.param_groups:
        group["lr"] = lr
    seq = get_batch(24)
    logits = model(seq[:, :-1])[:, HALF - 1:]
    loss = F.cross_entropy(logits.reshape(-1, 2 * KINDS), seq[:, HALF:].reshape(-1))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    norm = torch.sqrt(sum((p.grad ** 2).sum() for p in model.parameters()))
    optimizer.step()
    if it % 6 == 0:
        print(f"step {it:4d}/{STEPS} - loss: {loss.item():.4f} - lr: {lr:.2e} - |g|: {norm.item():.3f}")

model.eval()
with torch.no_grad():
    seq = get_batch(500)
    acc = (model(seq[:, :-1])[:, HALF - 1:].argmax(-1) == seq[:, HALF:]).float().mean().item()
print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))
