# bench: class=Model input=randn:8,20,32 loss=ce
import torch
from torch import nn


class MultiHead(nn.Module):
    def __init__(self, d_model=32, heads=4, d_head=8):
        super().__init__()
        self.w_q = nn.Parameter(torch.empty(heads, d_model, d_head))
        self.w_k = nn.Parameter(torch.empty(heads, d_model, d_head))
        self.w_v = nn.Parameter(torch.empty(heads, d_model, d_head))
        self.w_o = nn.Parameter(torch.empty(heads, d_head, d_model))
        for w in (self.w_q, self.w_k, self.w_v, self.w_o):
            nn.init.normal_(w, std=0.1)
        self.scale = d_head ** -0.5

    def forward(self, x):
        q = torch.einsum("btd,hde->bhte", x, self.w_q)
        k = torch.einsum("btd,hde->bhte", x, self.w_k)
        v = torch.einsum("btd,hde->bhte", x, self.w_v)
        scores = torch.einsum("bhqe,bhke->bhqk", q, k) * self.scale
        out = torch.einsum("bhqk,bhke->bhqe", scores.softmax(-1), v)
        return torch.einsum("bhte,hed->btd", out, self.w_o)


class Model(nn.Module):
    def __init__(self, d_model=32, layers=3, classes=7):
        super().__init__()
        self.attn = nn.ModuleList([MultiHead(d_model) for _ in range(layers)])
        self.norms = nn.ModuleList([nn.LayerNorm(d_model) for _ in range(layers)])
        self.ff = nn.Parameter(torch.randn(layers, d_model, d_model) * d_model ** -0.5)
        self.head = nn.Linear(d_model, classes)

    def forward(self, x):
        for i, (attn, norm) in enumerate(zip(self.attn, self.norms)):
            x = norm(x + attn(x))
            x = x + torch.relu(x @ self.ff[i])
        return self.head(x.mean(1))
