# bench: class=CharRNN input=tokens:8,20:40 loss=ce
import torch
import torch.nn as nn


class RNNCellScratch(nn.Module):
    def __init__(self, n_in, n_hidden, sigma=0.01):
        super().__init__()
        self.n_hidden = n_hidden
        self.W_xh = nn.Parameter(torch.randn(n_in, n_hidden) * sigma)
        self.W_hh = nn.Parameter(torch.randn(n_hidden, n_hidden) * sigma)
        self.b_h = nn.Parameter(torch.zeros(n_hidden))

    def forward(self, inputs, state=None):
        if state is None:
            state = torch.zeros((inputs.shape[1], self.n_hidden), device=inputs.device)
        outputs = []
        for X in inputs:
            state = torch.tanh(torch.matmul(X, self.W_xh) + torch.matmul(state, self.W_hh) + self.b_h)
            outputs.append(state)
        return outputs, state


class CharRNN(nn.Module):
    def __init__(self, vocab=40, hidden=64, layers=3):
        super().__init__()
        self.embed = nn.Embedding(vocab, hidden)
        self.cells = nn.ModuleList([RNNCellScratch(hidden, hidden) for _ in range(layers)])
        self.linear = nn.Linear(hidden, vocab)

    def forward(self, tokens):
        x = self.embed(tokens.t())
        for cell in self.cells:
            outputs, state = cell(x)
            x = torch.stack(outputs, 0)
        return self.linear(x.transpose(0, 1))
