# bench: class=RWKVLite input=tokens:8,16:64 loss=ce
import torch
import torch.nn as nn
from torch.nn import functional as F


class TimeMix(nn.Module):
    def __init__(self, n_embd, layer_id, n_layer):
        super().__init__()
        self.time_shift = nn.ZeroPad2d((0, 0, 1, -1))
        ratio = layer_id / max(1, n_layer - 1)
        self.time_decay = nn.Parameter(-5 + 8 * (torch.arange(n_embd) / (n_embd - 1)) ** (0.7 + 1.3 * ratio))
        self.mix_k = nn.Parameter(torch.ones(1, 1, n_embd) * 0.5)
        self.mix_v = nn.Parameter(torch.ones(1, 1, n_embd) * 0.5)
        self.key = nn.Linear(n_embd, n_embd, bias=False)
        self.value = nn.Linear(n_embd, n_embd, bias=False)
        self.receptance = nn.Linear(n_embd, n_embd, bias=False)
        self.output = nn.Linear(n_embd, n_embd, bias=False)

    def forward(self, x):
        B, T, C = x.size()
        xx = self.time_shift(x)
        xk = x * self.mix_k + xx * (1 - self.mix_k)
        xv = x * self.mix_v + xx * (1 - self.mix_v)
        k, v = self.key(xk), self.value(xv)
        r = torch.sigmoid(self.receptance(x))
        w = torch.exp(-torch.exp(self.time_decay))
        num = torch.zeros(B, C, device=x.device)
        den = torch.zeros(B, C, device=x.device)
        out = []
        for t in range(T):
            e = torch.exp(k[:, t].clamp(max=30))
            num = w * num + e * v[:, t]
            den = w * den + e
            out.append(num / (den + 1e-6))
        return self.output(r * torch.stack(out, dim=1))


class ChannelMix(nn.Module):
    def __init__(self, n_embd):
        super().__init__()
        self.key = nn.Linear(n_embd, 4 * n_embd, bias=False)
        self.value = nn.Linear(4 * n_embd, n_embd, bias=False)

    def forward(self, x):
        k = torch.square(torch.relu(self.key(x)))
        return self.value(k)


class RWKVLite(nn.Module):
    def __init__(self, vocab=64, n_embd=32, n_layer=2):
        super().__init__()
        self.emb = nn.Embedding(vocab, n_embd)
        self.blocks = nn.ModuleList()
        for i in range(n_layer):
            self.blocks.append(nn.ModuleDict(dict(
                ln1=nn.LayerNorm(n_embd), att=TimeMix(n_embd, i, n_layer),
                ln2=nn.LayerNorm(n_embd), ffn=ChannelMix(n_embd))))
        self.ln_out = nn.LayerNorm(n_embd)
        self.head = nn.Linear(n_embd, vocab, bias=False)

    def forward(self, idx):
        x = self.emb(idx)
        for block in self.blocks:
            x = x + block.att(block.ln1(x))
            x = x + block.ffn(block.ln2(x))
        return self.head(self.ln_out(x))
