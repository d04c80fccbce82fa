# bench: class=Tagger input=tokens:32,12:200 loss=ce
import torch
import torch.nn as nn


class Tagger(nn.Module):
    def __init__(self, vocab=200, dim=48, hidden=32, classes=8):
        super(Tagger, self).__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.rnn = nn.GRU(dim, hidden, num_layers=3, batch_first=True)
        self.out = nn.Linear(hidden, classes)

    def forward(self, tokens):
        h, _ = self.rnn(self.emb(tokens))
        return self.out(h)
