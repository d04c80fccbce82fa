# bench: class=HAN input=tokens:8,6,10:120 loss=ce
import torch
import torch.nn as nn


class AttnGRU(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.gru = nn.GRU(i, h, bidirectional=True, batch_first=True)
        self.proj = nn.Linear(2 * h, 2 * h)
        self.context = nn.Parameter(torch.empty(2 * h).uniform_(-0.1, 0.1))

    def forward(self, x):
        out, _ = self.gru(x)
        u = torch.tanh(self.proj(out))
        a = torch.softmax(u @ self.context, dim=1)
        return (a.unsqueeze(-1) * out).sum(1)


class HAN(nn.Module):
    def __init__(self, vocab=120, emb=24, h=16, classes=4):
        super().__init__()
        self.emb = nn.Embedding(vocab, emb)
        self.word = AttnGRU(emb, h)
        self.sent = AttnGRU(2 * h, h)
        self.fc = nn.Linear(2 * h, classes)

    def forward(self, docs):
        b, s, w = docs.shape
        x = self.emb(docs.reshape(b * s, w))
        x = self.word(x).view(b, s, -1)
        return self.fc(self.sent(x))
