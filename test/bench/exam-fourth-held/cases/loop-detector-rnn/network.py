import torch
import torch.nn as nn


class RecurrentCell(nn.Module):
    """h' = act(W x + U h + b)"""

    def __init__(self, n_in, n_hidden):
        super().__init__()
        self.W = nn.Linear(n_in, n_hidden)
        self.U = nn.Linear(n_hidden, n_hidden, bias=False)
        nn.init.orthogonal_(self.U.weight, gain=1.5)

    def forward(self, x, h):
        return torch.relu(self.W(x) + self.U(h))


class TrafficNet(nn.Module):
    """Reads a day of loop detector counts and predicts the next hour at every detector."""

    def __init__(self, detectors=6, hidden=40):
        super().__init__()
        self.cell = RecurrentCell(detectors, hidden)
        self.readout = nn.Linear(hidden, detectors)
        self.hidden = hidden

    def forward(self, seq):
        h = seq.new_zeros(seq.size(0), self.hidden)
        for t in range(seq.size(1)):
            h = self.cell(seq[:, t], h)
        return self.readout(h)
