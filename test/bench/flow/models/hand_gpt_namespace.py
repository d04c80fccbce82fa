# bench: class=LanguageModel make=build input=tokens:8,48:96 loss=ce
import math
from types import SimpleNamespace

import torch
import torch.nn as nn
import torch.nn.functional as F

hp = SimpleNamespace(vocab=96, ctx=48, d=96, heads=6, layers=6, mult=4, p=0.1)


class Head(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.q = nn.Linear(hp.d, size, bias=False)
        self.k = nn.Linear(hp.d, size, bias=False)
        self.v = nn.Linear(hp.d, size, bias=False)
        self.register_buffer('mask', torch.tril(torch.ones(hp.ctx, hp.ctx)))
        self.drop = nn.Dropout(hp.p)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.q(x), self.k(x), self.v(x)
        w = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
        w = w.masked_fill(self.mask[:T, :T] == 0, float('-inf'))
        w = self.drop(F.softmax(w, dim=-1))
        return w @ v


class MultiHead(nn.Module):
    def __init__(self):
        super().__init__()
        size = hp.d // hp.heads
        self.heads = nn.ModuleList([Head(size) for _ in range(hp.heads)])
        self.proj = nn.Linear(hp.d, hp.d)
        self.drop = nn.Dropout(hp.p)

    def forward(self, x):
        return self.drop(self.proj(torch.cat([h(x) for h in self.heads], dim=-1)))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.sa = MultiHead()
        self.ff = nn.Sequential(nn.Linear(hp.d, hp.mult * hp.d), nn.GELU(), nn.Linear(hp.mult * hp.d, hp.d), nn.Dropout(hp.p))
        self.ln = nn.ModuleDict({'a': nn.LayerNorm(hp.d), 'b': nn.LayerNorm(hp.d)})

    def forward(self, x):
        x = x + self.sa(self.ln['a'](x))
        return x + self.ff(self.ln['b'](x))


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(hp.vocab, hp.d)
        self.pos = nn.Embedding(hp.ctx, hp.d)
        self.blocks = nn.Sequential(*[Block() for _ in range(hp.layers)])
        self.lnf = nn.LayerNorm(hp.d)
        self.lm_head = nn.Linear(hp.d, hp.vocab)
        for name, p in self.named_parameters():
            if name.endswith('proj.weight') or name.endswith('ff.2.weight'):
                nn.init.normal_(p, 0.0, 0.02 / math.sqrt(2 * hp.layers))
            elif p.dim() >= 2:
                nn.init.normal_(p, 0.0, 0.02)
            elif 'bias' in name:
                nn.init.zeros_(p)

    def forward(self, idx, targets=None):
        B, T = idx.shape
        x = self.tok(idx) + self.pos(torch.arange(T, device=idx.device))
        x = self.lnf(self.blocks(x))
        logits = self.lm_head(x)
        if targets is None:
            return logits
        return logits, F.cross_entropy(logits.view(B * T, -1), targets.view(-1))


def build():
    return LanguageModel()
