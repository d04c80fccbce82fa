# bench: class=SequenceClassifier input=randn:16,25,8 loss=ce
import torch
from torch import nn


class MinimalGatedUnit(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.W_f = nn.Parameter(torch.Tensor(hidden_size, input_size + hidden_size))
        self.b_f = nn.Parameter(torch.Tensor(hidden_size))
        self.W_h = nn.Parameter(torch.Tensor(hidden_size, input_size + hidden_size))
        self.b_h = nn.Parameter(torch.Tensor(hidden_size))
        self.reset_parameters()

    def reset_parameters(self):
        for weight in self.parameters():
            if weight.ndim > 1:
                nn.init.orthogonal_(weight)
            else:
                nn.init.zeros_(weight)

    def forward(self, x, h):
        f = torch.sigmoid(torch.cat([x, h], dim=-1) @ self.W_f.t() + self.b_f)
        cand = torch.tanh(torch.cat([x, f * h], dim=-1) @ self.W_h.t() + self.b_h)
        return (1 - f) * h + f * cand


class SequenceClassifier(nn.Module):
    def __init__(self, input_size=8, hidden=48, layers=2, classes=5):
        super().__init__()
        self.cells = nn.ModuleList([MinimalGatedUnit(input_size if i == 0 else hidden, hidden) for i in range(layers)])
        self.fc = nn.Linear(hidden, classes)

    def forward(self, x):
        batch, steps, _ = x.shape
        states = [x.new_zeros(batch, cell.hidden_size) for cell in self.cells]
        for t in range(steps):
            inp = x[:, t]
            for i, cell in enumerate(self.cells):
                states[i] = cell(inp, states[i])
                inp = states[i]
        return self.fc(states[-1])
