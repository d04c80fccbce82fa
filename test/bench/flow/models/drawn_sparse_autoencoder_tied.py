# bench: class=DeepAE input=randn:64,100 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


class DeepAE(nn.Module):
    """Stacked autoencoder, decoder weights are the transposed encoder weights."""

    def __init__(self, sizes=(100, 80, 60, 40, 20, 10)):
        super().__init__()
        self.sizes = sizes
        self.W = nn.ParameterList()
        self.b_enc = nn.ParameterList()
        self.b_dec = nn.ParameterList()
        for n_in, n_out in zip(sizes[:-1], sizes[1:]):
            w = torch.empty(n_out, n_in)
            nn.init.normal_(w, std=0.1)
            self.W.append(nn.Parameter(w))
            self.b_enc.append(nn.Parameter(torch.zeros(n_out)))
            self.b_dec.append(nn.Parameter(torch.zeros(n_in)))

    def encode(self, x):
        for w, b in zip(self.W, self.b_enc):
            x = torch.sigmoid(F.linear(x, w, b))
        return x

    def decode(self, z):
        last = len(self.W) - 1
        for i in range(last, -1, -1):
            z = F.linear(z, self.W[i].t(), self.b_dec[i])
            if i > 0:
                z = torch.sigmoid(z)
        return z

    def forward(self, x):
        return self.decode(self.encode(x))
