# bench: class=LM input=tokens:16,30:120 loss=ce
import torch
import torch.nn as nn


class LM(nn.Module):
    def __init__(self, vocab=120, dim=64, hidden=64):
        super().__init__()
        self.encoder = nn.Embedding(vocab, dim)
        self.rnn = nn.LSTM(dim, hidden, 2)
        self.decoder = nn.Linear(hidden, vocab)
        self.init_weights()

    def init_weights(self):
        initrange = 0.1
        self.encoder.weight.data.uniform_(-initrange, initrange)
        self.decoder.bias.data.zero_()
        self.decoder.weight.data.uniform_(-initrange, initrange)
        for name, p in self.rnn.named_parameters():
            if "bias" in name:
                n = p.size(0)
                p.data[n // 4:n // 2].fill_(1.0)

    def forward(self, tokens):
        emb = self.encoder(tokens.t())
        out, hidden = self.rnn(emb)
        return self.decoder(out)
