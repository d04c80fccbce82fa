from torch import nn


class GaitRNN(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.gru = nn.GRU(2, hidden, batch_first=True)
        self.proj = nn.Linear(hidden, 2)

    def forward(self, x):
        out, _ = self.gru(x)
        return x + self.proj(out)
