# bench: class=VSNForecaster input=randn:16,12,5 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


class GatedResidual(nn.Module):
    def __init__(self, i, h, o):
        super().__init__()
        self.skip = nn.Linear(i, o) if i != o else None
        self.fc1 = nn.Linear(i, h)
        self.fc2 = nn.Linear(h, h)
        self.gate = nn.Linear(h, 2 * o)
        self.norm = nn.LayerNorm(o)

    def forward(self, x):
        r = x if self.skip is None else self.skip(x)
        y = self.fc2(F.elu(self.fc1(x)))
        return self.norm(r + F.glu(self.gate(y), dim=-1))


class VSNForecaster(nn.Module):
    def __init__(self, n_vars=5, d=16, horizon=3):
        super().__init__()
        self.embed = nn.ModuleList([nn.Linear(1, d) for _ in range(n_vars)])
        self.single = nn.ModuleList([GatedResidual(d, d, d) for _ in range(n_vars)])
        self.weights = GatedResidual(n_vars * d, d, n_vars)
        self.lstm = nn.LSTM(d, d, batch_first=True)
        self.head = nn.Linear(d, horizon)

    def forward(self, x):
        parts = [emb(x[..., i:i + 1]) for i, emb in enumerate(self.embed)]
        flat = torch.cat(parts, dim=-1)
        w = torch.softmax(self.weights(flat), dim=-1).unsqueeze(-2)
        v = torch.stack([g(p) for g, p in zip(self.single, parts)], dim=-1)
        mixed = (v * w).sum(-1)
        out, _ = self.lstm(mixed)
        return self.head(out[:, -1])
