# bench: class=Tagger input=tokens:32,30:200 loss=ce
import torch
import torch.nn as nn


class Tagger(nn.Module):
    def __init__(self, vocab=200, dim=48, hidden=96, classes=8):
        super(Tagger, self).__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.rnn = nn.GRU(dim, hidden, num_layers=2, batch_first=True, bidirectional=True)
        self.out = nn.Linear(hidden * 2, classes)

    def forward(self, tokens):
        h, _ = self.rnn(self.emb(tokens))
        return self.out(h.mean(dim=1))
