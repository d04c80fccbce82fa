# bench: class=CharCNNLM input=tokens:16,20:60 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class Highway(nn.Module):
    def __init__(self, size, num_layers, f):
        super(Highway, self).__init__()
        self.num_layers = num_layers
        self.nonlinear = nn.ModuleList([nn.Linear(size, size) for _ in range(num_layers)])
        self.linear = nn.ModuleList([nn.Linear(size, size) for _ in range(num_layers)])
        self.gate = nn.ModuleList([nn.Linear(size, size) for _ in range(num_layers)])
        self.f = f
        for gate in self.gate:
            gate.bias.data.fill_(-2)

    def forward(self, x):
        for layer in range(self.num_layers):
            gate = torch.sigmoid(self.gate[layer](x))
            nonlinear = self.f(self.nonlinear[layer](x))
            linear = self.linear[layer](x)
            x = gate * nonlinear + (1 - gate) * linear
        return x


class CharCNNLM(nn.Module):
    def __init__(self, vocab=60, emb=16, widths=(1, 2, 3, 4), filters=(16, 16, 24, 24), classes=7):
        super().__init__()
        self.emb = nn.Embedding(vocab, emb, padding_idx=0)
        self.convs = nn.ModuleList([nn.Conv1d(emb, f, w) for w, f in zip(widths, filters)])
        self.highway = Highway(sum(filters), 4, f=F.relu)
        self.fc = nn.Linear(sum(filters), classes)

    def forward(self, chars):
        e = self.emb(chars).transpose(1, 2)
        feats = [torch.tanh(conv(e)).max(dim=-1)[0] for conv in self.convs]
        x = torch.cat(feats, dim=1)
        x = self.highway(x)
        return self.fc(x)
