# bench: class=TinyLM make=build input=tokens:8,16:64 loss=ce
from types import SimpleNamespace

import torch
import torch.nn as nn
import torch.nn.functional as F

cfg = SimpleNamespace(vocab=64, ctx=16, d=48, heads=3, layers=4, init_std=0.02)


class RMSNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.g = nn.Parameter(torch.ones(d))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.g


class Attn(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.h, self.dh = c.heads, c.d // c.heads
        self.wq = nn.Linear(c.d, c.d, bias=False)
        self.wk = nn.Linear(c.d, c.d, bias=False)
        self.wv = nn.Linear(c.d, c.d, bias=False)
        self.wo = nn.Linear(c.d, c.d, bias=False)

    def forward(self, x):
        B, T, C = x.size()
        split = lambda t: t.view(B, T, self.h, self.dh).permute(0, 2, 1, 3)
        q, k, v = split(self.wq(x)), split(self.wk(x)), split(self.wv(x))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True) if hasattr(F, "scaled_dot_product_attention") else self.slow(q, k, v, T)
        return self.wo(y.permute(0, 2, 1, 3).reshape(B, T, C))

    def slow(self, q, k, v, T):
        w = q @ k.transpose(2, 3) / self.dh ** 0.5
        w = w + torch.full((T, T), float("-inf")).triu(1)
        return w.softmax(-1) @ v


class SwiGLU(nn.Module):
    def __init__(self, d, hidden):
        super().__init__()
        self.w1 = nn.Linear(d, hidden, bias=False)
        self.w2 = nn.Linear(hidden, d, bias=False)
        self.w3 = nn.Linear(d, hidden, bias=False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.n1, self.n2 = RMSNorm(c.d), RMSNorm(c.d)
        self.attn = Attn(c)
        self.ff = SwiGLU(c.d, 8 * c.d // 3)

    def forward(self, x):
        h = x + self.attn(self.n1(x))
        return h + self.ff(self.n2(h))


class TinyLM(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.tok = nn.Embedding(c.vocab, c.d)
        self.pos = nn.Parameter(torch.zeros(c.ctx, c.d))
        self.layers = nn.ModuleList(Layer(c) for _ in range(c.layers))
        self.norm = RMSNorm(c.d)
        self.lm_head = nn.Linear(c.d, c.vocab, bias=False)
        self.apply(self._init)
        for n, p in self.named_parameters():
            if n.endswith(("wo.weight", "w2.weight")):
                nn.init.normal_(p, 0.0, c.init_std / (2 * c.layers) ** 0.5)

    def _init(self, m):
        if isinstance(m, (nn.Linear, nn.Embedding)):
            nn.init.normal_(m.weight, 0.0, self.c.init_std)

    def forward(self, idx):
        x = self.tok(idx) + self.pos[: idx.size(1)]
        for l in self.layers:
            x = l(x)
        return self.lm_head(self.norm(x))


def build():
    return TinyLM(cfg)
