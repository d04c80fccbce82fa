# bench: class=NGramLM input=tokens:64,5:80 loss=ce
import torch.nn as nn
import torch.nn.functional as F


class NGramLM(nn.Module):
    def __init__(self, V=80, m=16, n=5, h=64):
        super().__init__()
        self.C = nn.Embedding(V, m)
        self.H = nn.Linear(n * m, h)
        self.U = nn.Linear(h, V, bias=False)
        self.W = nn.Linear(n * m, V)

    def forward(self, ctx):
        e = self.C(ctx).flatten(start_dim=1)
        return self.W(e) + self.U(F.tanh(self.H(e)))
