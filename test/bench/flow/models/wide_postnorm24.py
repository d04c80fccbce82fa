# bench: class=PostNormLM input=tokens:8,16:100 loss=ce
import math

import torch
import torch.nn as nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, max_len=64):
        super().__init__()
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        self.register_buffer('pe', pe.unsqueeze(0))

    def forward(self, x):
        return x + self.pe[:, :x.size(1)]


class Sublayer(nn.Module):
    def __init__(self, size, fn):
        super().__init__()
        self.fn = fn
        self.norm = nn.LayerNorm(size)

    def forward(self, x, *args):
        return self.norm(x + self.fn(x, *args))


class SelfAttention(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.mha = nn.MultiheadAttention(size, heads, batch_first=True)

    def forward(self, x, mask):
        return self.mha(x, x, x, attn_mask=mask)[0]


class PostNormLM(nn.Module):
    def __init__(self, vocab=100, size=64, heads=4, depth=24):
        super().__init__()
        self.size = size
        self.embedding = nn.Embedding(vocab, size)
        self.pe = PositionalEncoding(size)
        self.attn = nn.ModuleList([Sublayer(size, SelfAttention(size, heads)) for _ in range(depth)])
        self.ff = nn.ModuleList([Sublayer(size, nn.Sequential(nn.Linear(size, 4 * size), nn.ReLU(), nn.Linear(4 * size, size))) for _ in range(depth)])
        self.out = nn.Linear(size, vocab)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)

    def forward(self, ids):
        T = ids.size(1)
        mask = torch.triu(torch.full((T, T), float('-inf')), diagonal=1)
        x = self.pe(self.embedding(ids) * math.sqrt(self.size))
        for attn, ff in zip(self.attn, self.ff):
            x = attn(x, mask)
            x = ff(x)
        return self.out(x)
