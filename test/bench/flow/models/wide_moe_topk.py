# bench: class=MoETransformer input=tokens:8,16:80 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class Expert(nn.Module):
    def __init__(self, d, hidden):
        super().__init__()
        self.w1 = nn.Linear(d, hidden)
        self.w2 = nn.Linear(hidden, d)

    def forward(self, x):
        return self.w2(F.gelu(self.w1(x)))


class SparseMoE(nn.Module):
    def __init__(self, d, num_experts, top_k):
        super().__init__()
        self.router = nn.Linear(d, num_experts, bias=False)
        self.experts = nn.ModuleList([Expert(d, 2 * d) for _ in range(num_experts)])
        self.top_k = top_k

    def forward(self, x):
        shape = x.shape
        flat = x.view(-1, shape[-1])
        logits = self.router(flat)
        weights, chosen = torch.topk(logits, self.top_k, dim=-1)
        weights = F.softmax(weights, dim=-1)
        out = torch.zeros_like(flat)
        for i, expert in enumerate(self.experts):
            token, nth = torch.where(chosen == i)
            if token.numel() == 0:
                continue
            out[token] += weights[token, nth, None] * expert(flat[token])
        return out.view(shape)


class Layer(nn.Module):
    def __init__(self, d, heads, num_experts, top_k):
        super().__init__()
        self.ln1 = nn.LayerNorm(d)
        self.attn = nn.MultiheadAttention(d, heads, batch_first=True)
        self.ln2 = nn.LayerNorm(d)
        self.moe = SparseMoE(d, num_experts, top_k)

    def forward(self, x):
        h = self.ln1(x)
        a, _ = self.attn(h, h, h, need_weights=False)
        x = x + a
        return x + self.moe(self.ln2(x))


class MoETransformer(nn.Module):
    def __init__(self, vocab=80, d=48, heads=4, layers=3, num_experts=4, top_k=2, max_len=16):
        super().__init__()
        self.tok = nn.Embedding(vocab, d)
        self.pos = nn.Embedding(max_len, d)
        self.layers = nn.ModuleList(Layer(d, heads, num_experts, top_k) for _ in range(layers))
        self.norm = nn.LayerNorm(d)
        self.out = nn.Linear(d, vocab)

    def forward(self, ids):
        B, T = ids.shape
        x = self.tok(ids) + self.pos(torch.arange(T, device=ids.device))
        for layer in self.layers:
            x = layer(x)
        return self.out(self.norm(x))
