# bench: class=HAN input=tokens:32,24:300 loss=ce
import torch
import torch.nn as nn


class AttentionPool(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.proj = nn.Linear(dim, dim)
        self.context = nn.Linear(dim, 1, bias=False)

    def forward(self, h):
        score = self.context(torch.tanh(self.proj(h)))
        weight = torch.softmax(score, dim=1)
        return (weight * h).sum(dim=1)


class HAN(nn.Module):
    def __init__(self, vocab=300, emb=32, hidden=24, classes=5):
        super().__init__()
        self.embed = nn.Embedding(vocab, emb, padding_idx=0)
        self.rnn = nn.GRU(emb, hidden, batch_first=True, bidirectional=True)
        self.pool = AttentionPool(2 * hidden)
        self.drop = nn.Dropout(0.2)
        self.fc = nn.Linear(2 * hidden, classes)

    def forward(self, ids):
        h, _ = self.rnn(self.drop(self.embed(ids)))
        return self.fc(self.drop(self.pool(h)))
