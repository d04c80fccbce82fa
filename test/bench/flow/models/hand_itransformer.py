# bench: class=Model make=build input=randn:8,48,7 loss=mse
import torch
import torch.nn as nn


class Configs(object):
    seq_len = 48
    pred_len = 12
    d_model = 64
    n_heads = 4
    e_layers = 3
    d_ff = 128
    dropout = 0.1
    activation = 'gelu'
    use_norm = True


class DataEmbedding_inverted(nn.Module):
    def __init__(self, c_in, d_model, dropout=0.1):
        super(DataEmbedding_inverted, self).__init__()
        self.value_embedding = nn.Linear(c_in, d_model)
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, x):
        x = x.permute(0, 2, 1)
        return self.dropout(self.value_embedding(x))


class EncoderLayer(nn.Module):
    def __init__(self, configs):
        super().__init__()
        self.attn = nn.MultiheadAttention(configs.d_model, configs.n_heads, dropout=configs.dropout, batch_first=True)
        self.conv1 = nn.Conv1d(configs.d_model, configs.d_ff, 1)
        self.conv2 = nn.Conv1d(configs.d_ff, configs.d_model, 1)
        self.norm1 = nn.LayerNorm(configs.d_model)
        self.norm2 = nn.LayerNorm(configs.d_model)
        self.dropout = nn.Dropout(configs.dropout)
        self.activation = nn.functional.relu if configs.activation == "relu" else nn.functional.gelu

    def forward(self, x):
        new_x, _ = self.attn(x, x, x)
        x = self.norm1(x + self.dropout(new_x))
        y = self.dropout(self.activation(self.conv1(x.transpose(-1, 1))))
        y = self.dropout(self.conv2(y).transpose(-1, 1))
        return self.norm2(x + y)


class Model(nn.Module):
    def __init__(self, configs):
        super(Model, self).__init__()
        self.seq_len, self.pred_len, self.use_norm = configs.seq_len, configs.pred_len, configs.use_norm
        self.enc_embedding = DataEmbedding_inverted(configs.seq_len, configs.d_model, configs.dropout)
        self.encoder = nn.ModuleList([EncoderLayer(configs) for _ in range(configs.e_layers)])
        self.norm = nn.LayerNorm(configs.d_model)
        self.projector = nn.Linear(configs.d_model, configs.pred_len, bias=True)

    def forecast(self, x_enc):
        if self.use_norm:
            means = x_enc.mean(1, keepdim=True).detach()
            x_enc = x_enc - means
            stdev = torch.sqrt(torch.var(x_enc, dim=1, keepdim=True, unbiased=False) + 1e-5)
            x_enc /= stdev
        _, _, N = x_enc.shape
        enc_out = self.enc_embedding(x_enc)
        for layer in self.encoder:
            enc_out = layer(enc_out)
        dec_out = self.projector(self.norm(enc_out)).permute(0, 2, 1)[:, :, :N]
        if self.use_norm:
            dec_out = dec_out * (stdev[:, 0, :].unsqueeze(1).repeat(1, self.pred_len, 1))
            dec_out = dec_out + (means[:, 0, :].unsqueeze(1).repeat(1, self.pred_len, 1))
        return dec_out

    def forward(self, x_enc):
        return self.forecast(x_enc)


def build():
    return Model(Configs())
