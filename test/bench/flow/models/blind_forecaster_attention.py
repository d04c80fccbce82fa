# bench: class=Informerish input=randn:16,24,7 loss=mse
import math

import torch
import torch.nn as nn


class PositionalEmbedding(nn.Module):
    def __init__(self, d_model, max_len=500):
        super(PositionalEmbedding, self).__init__()
        pe = torch.zeros(max_len, d_model).float()
        pe.requires_grad = False
        position = torch.arange(0, max_len).float().unsqueeze(1)
        div_term = (torch.arange(0, d_model, 2).float() * -(math.log(10000.0) / d_model)).exp()
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        pe = pe.unsqueeze(0)
        self.register_buffer('pe', pe)

    def forward(self, x):
        return self.pe[:, :x.size(1)]


class TokenEmbedding(nn.Module):
    def __init__(self, c_in, d_model):
        super(TokenEmbedding, self).__init__()
        self.tokenConv = nn.Conv1d(in_channels=c_in, out_channels=d_model, kernel_size=3, padding=1, padding_mode='circular', bias=False)
        for m in self.modules():
            if isinstance(m, nn.Conv1d):
                nn.init.kaiming_normal_(m.weight, mode='fan_in', nonlinearity='leaky_relu')

    def forward(self, x):
        return self.tokenConv(x.permute(0, 2, 1)).transpose(1, 2)


class EncoderLayer(nn.Module):
    def __init__(self, d_model, n_heads, d_ff=None, dropout=0.1):
        super(EncoderLayer, self).__init__()
        d_ff = d_ff or 4 * d_model
        self.H = n_heads
        self.q = nn.Linear(d_model, d_model)
        self.k = nn.Linear(d_model, d_model)
        self.v = nn.Linear(d_model, d_model)
        self.o = nn.Linear(d_model, d_model)
        self.conv1 = nn.Conv1d(in_channels=d_model, out_channels=d_ff, kernel_size=1)
        self.conv2 = nn.Conv1d(in_channels=d_ff, out_channels=d_model, kernel_size=1)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def attend(self, x):
        B, L, _ = x.shape
        H = self.H
        q = self.q(x).view(B, L, H, -1)
        k = self.k(x).view(B, L, H, -1)
        v = self.v(x).view(B, L, H, -1)
        scale = 1. / math.sqrt(q.shape[-1])
        scores = torch.einsum("blhe,bshe->bhls", q, k)
        A = self.dropout(torch.softmax(scale * scores, dim=-1))
        V = torch.einsum("bhls,bshd->blhd", A, v)
        return self.o(V.contiguous().view(B, L, -1))

    def forward(self, x):
        x = x + self.dropout(self.attend(x))
        y = x = self.norm1(x)
        y = self.dropout(nn.functional.gelu(self.conv1(y.transpose(-1, 1))))
        y = self.dropout(self.conv2(y).transpose(-1, 1))
        return self.norm2(x + y)


class Informerish(nn.Module):
    def __init__(self, enc_in=7, c_out=7, seq_len=24, pred_len=12, d_model=32, n_heads=4, e_layers=2):
        super(Informerish, self).__init__()
        self.value_embedding = TokenEmbedding(enc_in, d_model)
        self.position_embedding = PositionalEmbedding(d_model)
        self.encoder = nn.ModuleList([EncoderLayer(d_model, n_heads) for l in range(e_layers)])
        self.predict = nn.Linear(seq_len, pred_len)
        self.projection = nn.Linear(d_model, c_out, bias=True)

    def forward(self, x_enc):
        means = x_enc.mean(1, keepdim=True).detach()
        x_enc = x_enc - means
        stdev = torch.sqrt(torch.var(x_enc, dim=1, keepdim=True, unbiased=False) + 1e-5)
        x_enc = x_enc / stdev
        x = self.value_embedding(x_enc) + self.position_embedding(x_enc)
        for layer in self.encoder:
            x = layer(x)
        x = self.predict(x.permute(0, 2, 1)).permute(0, 2, 1)
        out = self.projection(x)
        return out * stdev + means
