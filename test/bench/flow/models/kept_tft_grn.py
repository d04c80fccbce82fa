# bench: class=TemporalModel input=randn:16,20,6 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


class GLU(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc1 = nn.Linear(size, size)
        self.fc2 = nn.Linear(size, size)

    def forward(self, x):
        return torch.sigmoid(self.fc1(x)).mul(self.fc2(x))


class GatedResidualNetwork(nn.Module):
    def __init__(self, input_size, hidden, output_size=None, dropout=0.1):
        super().__init__()
        self.output_size = output_size or input_size
        if self.output_size != input_size:
            self.skip = nn.Linear(input_size, self.output_size)
        self.fc1 = nn.Linear(input_size, hidden)
        self.elu = nn.ELU()
        self.fc2 = nn.Linear(hidden, self.output_size)
        self.dropout = nn.Dropout(dropout)
        self.gate = GLU(self.output_size)
        self.norm = nn.LayerNorm(self.output_size)

    def forward(self, x):
        residual = self.skip(x) if hasattr(self, "skip") else x
        x = self.fc2(self.elu(self.fc1(x)))
        x = self.gate(self.dropout(x))
        return self.norm(x + residual)


class TemporalModel(nn.Module):
    def __init__(self, n_vars=6, hidden=32, horizon=4):
        super().__init__()
        self.vars = nn.ModuleList([GatedResidualNetwork(1, hidden, hidden) for _ in range(n_vars)])
        self.select = GatedResidualNetwork(n_vars, hidden, n_vars)
        self.encoder = nn.LSTM(hidden, hidden, batch_first=True)
        self.post = GatedResidualNetwork(hidden, hidden)
        self.attn = nn.MultiheadAttention(hidden, 4, batch_first=True)
        self.out = nn.Linear(hidden, horizon)

    def forward(self, x):
        weights = F.softmax(self.select(x), dim=-1).unsqueeze(-2)
        embedded = torch.stack([net(x[..., i:i + 1]) for i, net in enumerate(self.vars)], dim=-1)
        h = (embedded * weights).sum(-1)
        h, _ = self.encoder(h)
        h = self.post(h)
        a, _ = self.attn(h[:, -1:], h, h)
        return self.out(a.squeeze(1))
