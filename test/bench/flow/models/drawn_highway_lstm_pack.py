# bench: class=Tagger input=tokens:16,15:100 loss=ce
import torch
from torch import nn


class Highway(nn.Module):
    def __init__(self, size, layers=2, f=torch.relu):
        super().__init__()
        self.num_layers = layers
        self.nonlinear = nn.ModuleList([nn.Linear(size, size) for _ in range(layers)])
        self.linear = nn.ModuleList([nn.Linear(size, size) for _ in range(layers)])
        self.gate = nn.ModuleList([nn.Linear(size, size) for _ in range(layers)])
        self.f = f

    def forward(self, x):
        for layer in range(self.num_layers):
            gate = torch.sigmoid(self.gate[layer](x))
            nonlinear = self.f(self.nonlinear[layer](x))
            linear = self.linear[layer](x)
            x = gate * nonlinear + (1 - gate) * linear
        return x


class Tagger(nn.Module):
    def __init__(self, vocab=100, emb=32, hid=24, tags=9):
        super().__init__()
        self.embed = nn.Embedding(vocab, emb, padding_idx=0)
        nn.init.uniform_(self.embed.weight, -0.1, 0.1)
        self.highway = Highway(emb)
        self.rnn = nn.LSTM(emb, hid, num_layers=2, bidirectional=True, batch_first=True)
        for name, p in self.rnn.named_parameters():
            if name.startswith('weight_hh'):
                nn.init.orthogonal_(p)
            elif name.startswith('bias'):
                nn.init.zeros_(p)
                p.data[hid:2 * hid] = 1.0
        self.emit = nn.Linear(2 * hid, tags)

    def forward(self, words):
        h, _ = self.rnn(self.highway(self.embed(words)))
        return self.emit(h)
