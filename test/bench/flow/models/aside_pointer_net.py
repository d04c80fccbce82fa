# bench: class=PointerNetwork input=randn:16,10,2 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class Attention(nn.Module):
    def __init__(self, hidden_size, units):
        super().__init__()
        self.W1 = nn.Linear(hidden_size, units, bias=False)
        self.W2 = nn.Linear(hidden_size, units, bias=False)
        self.V = nn.Linear(units, 1, bias=False)

    def forward(self, encoder_out, decoder_hidden):
        decoder_hidden_time = decoder_hidden.unsqueeze(1)
        uj = self.W1(encoder_out) + self.W2(decoder_hidden_time)
        uj = torch.tanh(uj)
        uj = self.V(uj)
        aj = F.softmax(uj, dim=1)
        di_prime = aj * encoder_out
        di_prime = di_prime.sum(1)
        return di_prime, uj.squeeze(-1)


class PointerNetwork(nn.Module):
    def __init__(self, hidden=48, steps=10):
        super().__init__()
        self.encoder = nn.LSTM(2, hidden, batch_first=True)
        self.decoder = nn.LSTM(hidden + 2, hidden, batch_first=True)
        self.attention = Attention(hidden, 24)
        self.steps = steps

    def forward(self, x):
        enc, hs = self.encoder(x)
        dec_in = x.new_zeros(x.size(0), 2)
        outs = []
        for t in range(self.steps):
            context, logits = self.attention(enc, hs[0][-1])
            step = torch.cat([context, dec_in], dim=-1).unsqueeze(1)
            _, hs = self.decoder(step, hs)
            dec_in = x[:, t]
            outs.append(logits)
        return torch.stack(outs, dim=1)
