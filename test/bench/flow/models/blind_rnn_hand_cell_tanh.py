# bench: class=CharRNN input=tokens:32,20:30 loss=ce
import torch
import torch.nn as nn


class VanillaCell(nn.Module):
    def __init__(self, n_in, n_hid):
        super().__init__()
        self.i2h = nn.Linear(n_in + n_hid, n_hid)

    def forward(self, x, h):
        return torch.tanh(self.i2h(torch.cat((x, h), 1)))


class CharRNN(nn.Module):
    def __init__(self, n_chars=30, n_emb=16, n_hid=40, n_layers=2):
        super().__init__()
        self.emb = nn.Embedding(n_chars, n_emb)
        self.cells = nn.ModuleList([VanillaCell(n_emb if l == 0 else n_hid, n_hid) for l in range(n_layers)])
        self.h2o = nn.Linear(n_hid, n_chars)
        self.n_hid = n_hid

    def init_hidden(self, batch):
        return [torch.zeros(batch, self.n_hid) for _ in self.cells]

    def forward(self, chars):
        hs = self.init_hidden(chars.size(0))
        out = []
        for t in range(chars.size(1)):
            x = self.emb(chars[:, t])
            for l, cell in enumerate(self.cells):
                hs[l] = cell(x, hs[l])
                x = hs[l]
            out.append(self.h2o(x).unsqueeze(1))
        return torch.cat(out, 1)
