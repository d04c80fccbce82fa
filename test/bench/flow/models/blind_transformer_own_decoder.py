# bench: class=Seq2SeqTransformer input=tokens:16,12:40+tokens:16,10:40 loss=ce
"""Encoder-decoder transformer written from the paper."""
import copy
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def attention(query, key, value, mask=None, dropout=None):
    d_k = query.size(-1)
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    p_attn = F.softmax(scores, dim=-1)
    if dropout is not None:
        p_attn = dropout(p_attn)
    return torch.matmul(p_attn, value), p_attn


def subsequent_mask(size):
    return torch.triu(torch.ones(1, size, size), diagonal=1) == 0


class MultiHeadedAttention(nn.Module):
    def __init__(self, h, d_model, dropout=0.1):
        super().__init__()
        assert d_model % h == 0
        self.d_k = d_model // h
        self.h = h
        self.linears = nn.ModuleList([nn.Linear(d_model, d_model) for _ in range(4)])
        self.attn = None
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, query, key, value, mask=None):
        if mask is not None:
            mask = mask.unsqueeze(1)
        nbatches = query.size(0)
        query, key, value = [
            lin(x).view(nbatches, -1, self.h, self.d_k).transpose(1, 2)
            for lin, x in zip(self.linears, (query, key, value))
        ]
        x, self.attn = attention(query, key, value, mask=mask, dropout=self.dropout)
        x = x.transpose(1, 2).contiguous().view(nbatches, -1, self.h * self.d_k)
        return self.linears[-1](x)


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff, dropout=0.1):
        super().__init__()
        self.w_1 = nn.Linear(d_model, d_ff)
        self.w_2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        return self.w_2(self.dropout(self.w_1(x).relu()))


class Sublayer(nn.Module):
    def __init__(self, size, dropout):
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, fn):
        return x + self.dropout(fn(self.norm(x)))


class DecoderLayer(nn.Module):
    def __init__(self, size, heads, ff, dropout, cross):
        super().__init__()
        self.self_attn = MultiHeadedAttention(heads, size, dropout)
        self.cross_attn = MultiHeadedAttention(heads, size, dropout) if cross else None
        self.ff = FeedForward(size, ff, dropout)
        self.sub = nn.ModuleList([Sublayer(size, dropout) for _ in range(3 if cross else 2)])

    def forward(self, x, memory=None, mask=None):
        x = self.sub[0](x, lambda x: self.self_attn(x, x, x, mask))
        if self.cross_attn is not None:
            x = self.sub[1](x, lambda x: self.cross_attn(x, memory, memory))
        return self.sub[-1](x, self.ff)


class Seq2SeqTransformer(nn.Module):
    def __init__(self, vocab=40, d_model=32, heads=4, ff=64, n=2, dropout=0.1):
        super().__init__()
        self.src_embed = nn.Embedding(vocab, d_model)
        self.tgt_embed = nn.Embedding(vocab, d_model)
        enc = DecoderLayer(d_model, heads, ff, dropout, cross=False)
        dec = DecoderLayer(d_model, heads, ff, dropout, cross=True)
        self.encoder = nn.ModuleList([copy.deepcopy(enc) for _ in range(n)])
        self.decoder = nn.ModuleList([copy.deepcopy(dec) for _ in range(n)])
        self.enc_norm = nn.LayerNorm(d_model)
        self.dec_norm = nn.LayerNorm(d_model)
        self.generator = nn.Linear(d_model, vocab)
        self.d_model = d_model
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)

    def encode(self, src):
        x = self.src_embed(src) * math.sqrt(self.d_model)
        for layer in self.encoder:
            x = layer(x)
        return self.enc_norm(x)

    def decode(self, tgt, memory):
        x = self.tgt_embed(tgt) * math.sqrt(self.d_model)
        mask = subsequent_mask(tgt.size(1))
        for layer in self.decoder:
            x = layer(x, memory, mask)
        return self.dec_norm(x)

    def forward(self, src, tgt):
        return self.generator(self.decode(tgt, self.encode(src)))
