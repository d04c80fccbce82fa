# bench: class=Seq2SeqTransformer make=make_model input=tokens:8,12:70+tokens:8,10:70 loss=ce
import copy
import math
import torch
import torch.nn as nn


def clones(module, N):
    return nn.ModuleList([copy.deepcopy(module) for _ in range(N)])


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, max_len=200):
        super().__init__()
        pe = torch.zeros(max_len, d_model)
        pos = torch.arange(0, max_len).unsqueeze(1).float()
        div = torch.exp(torch.arange(0, d_model, 2).float() * -(math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(pos * div)
        pe[:, 1::2] = torch.cos(pos * div)
        self.register_buffer('pe', pe.unsqueeze(0))

    def forward(self, x):
        return x + self.pe[:, :x.size(1)].requires_grad_(False)


class Residual(nn.Module):
    def __init__(self, size, dropout):
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, sublayer):
        return x + self.dropout(sublayer(self.norm(x)))


class Attn(nn.Module):
    def __init__(self, h, d_model):
        super().__init__()
        self.d_k, self.h = d_model // h, h
        self.linears = clones(nn.Linear(d_model, d_model), 4)

    def forward(self, query, key, value, mask=None):
        n = query.size(0)
        query, key, value = [l(x).view(n, -1, self.h, self.d_k).transpose(1, 2)
                             for l, x in zip(self.linears, (query, key, value))]
        scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(self.d_k)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        x = torch.matmul(scores.softmax(dim=-1), value)
        x = x.transpose(1, 2).contiguous().view(n, -1, self.h * self.d_k)
        return self.linears[-1](x)


class EncLayer(nn.Module):
    def __init__(self, d, attn, ff, dropout):
        super().__init__()
        self.attn, self.ff = attn, ff
        self.sub = clones(Residual(d, dropout), 2)

    def forward(self, x):
        x = self.sub[0](x, lambda y: self.attn(y, y, y))
        return self.sub[1](x, self.ff)


class DecLayer(nn.Module):
    def __init__(self, d, attn, src, ff, dropout):
        super().__init__()
        self.attn, self.src, self.ff = attn, src, ff
        self.sub = clones(Residual(d, dropout), 3)

    def forward(self, x, m, mask):
        x = self.sub[0](x, lambda y: self.attn(y, y, y, mask))
        x = self.sub[1](x, lambda y: self.src(y, m, m))
        return self.sub[2](x, self.ff)


class Seq2SeqTransformer(nn.Module):
    def __init__(self, enc, dec, src_embed, tgt_embed, d, vocab):
        super().__init__()
        self.src_embed, self.tgt_embed = src_embed, tgt_embed
        self.enc, self.dec = enc, dec
        self.enc_norm, self.dec_norm = nn.LayerNorm(d), nn.LayerNorm(d)
        self.generator = nn.Linear(d, vocab)
        self.d = d

    def encode(self, src):
        x = self.src_embed(src)
        for l in self.enc:
            x = l(x)
        return self.enc_norm(x)

    def decode(self, memory, tgt):
        size = tgt.size(1)
        mask = torch.triu(torch.ones(1, size, size), diagonal=1) == 0
        x = self.tgt_embed(tgt)
        for l in self.dec:
            x = l(x, memory, mask)
        return self.dec_norm(x)

    def forward(self, src, tgt):
        return self.generator(self.decode(self.encode(src), tgt))


def make_model(src_vocab=70, tgt_vocab=70, N=3, d=48, d_ff=96, h=4, dropout=0.1):
    c = copy.deepcopy
    attn = Attn(h, d)
    ff = nn.Sequential(nn.Linear(d, d_ff), nn.ReLU(), nn.Dropout(dropout), nn.Linear(d_ff, d))
    position = PositionalEncoding(d)
    model = Seq2SeqTransformer(
        clones(EncLayer(d, c(attn), c(ff), dropout), N),
        clones(DecLayer(d, c(attn), c(attn), c(ff), dropout), N),
        nn.Sequential(nn.Embedding(src_vocab, d), c(position)),
        nn.Sequential(nn.Embedding(tgt_vocab, d), c(position)),
        d, tgt_vocab)
    for p in model.parameters():
        if p.dim() > 1:
            nn.init.xavier_uniform_(p)
    return model
