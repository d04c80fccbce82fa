# bench: class=TransformerLM make=build input=tokens:8,24:110 loss=ce
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


class FFN(nn.Module):
    def __init__(self, dim, mult=2):
        super().__init__()
        self.gate = nn.Linear(dim, dim * mult, bias=False)
        self.up = nn.Linear(dim, dim * mult, bias=False)
        self.down = nn.Linear(dim * mult, dim, bias=False)

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Attn(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.wqkv = nn.Linear(dim, 3 * dim, bias=False)
        self.wo = nn.Linear(dim, dim, bias=False)

    def forward(self, x, mask):
        B, T, D = x.shape
        q, k, v = self.wqkv(x).split(D, dim=-1)
        shape = lambda t: t.view(B, T, self.heads, D // self.heads).permute(0, 2, 1, 3)
        q, k, v = shape(q), shape(k), shape(v)
        score = torch.einsum("bhqd,bhkd->bhqk", q, k) / math.sqrt(D // self.heads)
        score = score + mask
        out = torch.einsum("bhqk,bhkd->bhqd", score.softmax(-1), v)
        return self.wo(out.permute(0, 2, 1, 3).reshape(B, T, D))


class DecoderLayer(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.attn_norm = RMSNorm(dim)
        self.attn = Attn(dim, heads)
        self.ffn_norm = RMSNorm(dim)
        self.ffn = FFN(dim)

    def forward(self, x, mask):
        x = x + self.attn(self.attn_norm(x), mask)
        x = x + self.ffn(self.ffn_norm(x))
        return x


class TransformerLM(nn.Module):
    def __init__(self, vocab, dim, heads, depth):
        super().__init__()
        self.wte = nn.Embedding(vocab, dim)
        self.wpe = nn.Embedding(64, dim)
        self.h = nn.ModuleList([DecoderLayer(dim, heads) for _ in range(depth)])
        self.norm = RMSNorm(dim)
        self.lm_head = nn.Linear(dim, vocab, bias=False)
        self.lm_head.weight = self.wte.weight
        std = 0.02
        for name, param in self.named_parameters():
            if param.dim() < 2:
                continue
            if name.endswith(("wo.weight", "down.weight")):
                nn.init.normal_(param, mean=0.0, std=std / math.sqrt(2 * depth))
            elif "wte" in name or "wpe" in name:
                nn.init.normal_(param, std=std)
            else:
                nn.init.xavier_normal_(param)

    def forward(self, ids):
        B, T = ids.shape
        pos = torch.arange(0, T, dtype=torch.long, device=ids.device).unsqueeze(0)
        x = self.wte(ids) + self.wpe(pos)
        mask = torch.full((T, T), float("-inf"), device=ids.device).triu(1)
        for layer in self.h:
            x = layer(x, mask)
        return self.lm_head(self.norm(x))


def build():
    return TransformerLM(vocab=110, dim=64, heads=4, depth=6)
