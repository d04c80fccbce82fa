# bench: class=GPT make=gpt input=tokens:8,16:64 loss=ce
import math

import torch
import torch.nn as nn


class Conv1D(nn.Module):
    def __init__(self, nf, nx):
        super().__init__()
        self.nf = nf
        w = torch.empty(nx, nf)
        nn.init.normal_(w, std=0.02)
        self.weight = nn.Parameter(w)
        self.bias = nn.Parameter(torch.zeros(nf))

    def forward(self, x):
        size_out = x.size()[:-1] + (self.nf,)
        x = torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight)
        return x.view(*size_out)


def gelu(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * torch.pow(x, 3))))


class Attention(nn.Module):
    def __init__(self, nx, n_ctx, n_head):
        super().__init__()
        self.register_buffer("bias", torch.tril(torch.ones(n_ctx, n_ctx)).view(1, 1, n_ctx, n_ctx))
        self.n_head, self.split_size = n_head, nx
        self.c_attn = Conv1D(nx * 3, nx)
        self.c_proj = Conv1D(nx, nx)

    def _attn(self, q, k, v):
        w = torch.matmul(q, k) / math.sqrt(v.size(-1))
        nd, ns = w.size(-2), w.size(-1)
        b = self.bias[:, :, ns - nd:ns, :ns]
        w = w * b - 1e10 * (1 - b)
        return torch.matmul(nn.Softmax(dim=-1)(w), v)

    def split_heads(self, x, k=False):
        new = x.size()[:-1] + (self.n_head, x.size(-1) // self.n_head)
        x = x.view(*new)
        return x.permute(0, 2, 3, 1) if k else x.permute(0, 2, 1, 3)

    def forward(self, x):
        query, key, value = self.c_attn(x).split(self.split_size, dim=2)
        a = self._attn(self.split_heads(query), self.split_heads(key, k=True), self.split_heads(value))
        a = a.permute(0, 2, 1, 3).contiguous()
        a = a.view(*(a.size()[:-2] + (a.size(-2) * a.size(-1),)))
        return self.c_proj(a)


class Block(nn.Module):
    def __init__(self, n_ctx, nx, n_head):
        super().__init__()
        self.ln_1 = nn.LayerNorm(nx)
        self.attn = Attention(nx, n_ctx, n_head)
        self.ln_2 = nn.LayerNorm(nx)
        self.c_fc = Conv1D(4 * nx, nx)
        self.c_proj = Conv1D(nx, 4 * nx)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.c_proj(gelu(self.c_fc(self.ln_2(x))))


class GPT(nn.Module):
    def __init__(self, n_vocab, n_ctx, nx, n_layer, n_head):
        super().__init__()
        self.wte = nn.Embedding(n_vocab, nx)
        self.wpe = nn.Embedding(n_ctx, nx)
        self.h = nn.ModuleList([Block(n_ctx, nx, n_head) for _ in range(n_layer)])
        self.ln_f = nn.LayerNorm(nx)
        self.decoder = nn.Linear(nx, n_vocab, bias=False)
        self.decoder.weight = self.wte.weight
        nn.init.normal_(self.wte.weight, std=0.02)
        nn.init.normal_(self.wpe.weight, std=0.01)

    def forward(self, input_ids):
        position_ids = torch.arange(0, input_ids.size(-1), dtype=torch.long).unsqueeze(0).expand_as(input_ids)
        h = self.wte(input_ids) + self.wpe(position_ids)
        for block in self.h:
            h = block(h)
        return self.decoder(self.ln_f(h))


def gpt():
    return GPT(n_vocab=64, n_ctx=16, nx=32, n_layer=3, n_head=4)
