# bench: class=CharRNN input=tokens:16,32:65 loss=ce
import torch
import torch.nn as nn


class NaiveLSTM(nn.Module):
    def __init__(self, input_sz, hidden_sz):
        super().__init__()
        self.hidden_size = hidden_sz
        self.i2f = nn.Linear(input_sz + hidden_sz, hidden_sz)
        self.i2i = nn.Linear(input_sz + hidden_sz, hidden_sz)
        self.i2o = nn.Linear(input_sz + hidden_sz, hidden_sz)
        self.i2g = nn.Linear(input_sz + hidden_sz, hidden_sz)
        for lin in (self.i2f, self.i2i, self.i2o, self.i2g):
            nn.init.orthogonal_(lin.weight)
            nn.init.zeros_(lin.bias)
        nn.init.ones_(self.i2f.bias)

    def init_hidden(self, bs):
        w = next(self.parameters())
        return w.new_zeros(bs, self.hidden_size), w.new_zeros(bs, self.hidden_size)

    def forward(self, x):
        bs, seq_len, _ = x.size()
        h, c = self.init_hidden(bs)
        outputs = []
        for t in range(seq_len):
            z = torch.cat((x[:, t, :], h), 1)
            f = self.i2f(z).sigmoid()
            i = self.i2i(z).sigmoid()
            o = self.i2o(z).sigmoid()
            g = self.i2g(z).tanh()
            c = f * c + i * g
            h = o * c.tanh()
            outputs.append(h.unsqueeze(1))
        return torch.cat(outputs, 1), (h, c)


class CharRNN(nn.Module):
    def __init__(self, n_chars=65, emb=32, hidden=64):
        super().__init__()
        self.emb = nn.Embedding(n_chars, emb)
        self.rnn1 = NaiveLSTM(emb, hidden)
        self.rnn2 = NaiveLSTM(hidden, hidden)
        self.fc = nn.Linear(hidden, n_chars)

    def forward(self, x):
        h, _ = self.rnn1(self.emb(x))
        h, _ = self.rnn2(h)
        return self.fc(h)
