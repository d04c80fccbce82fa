# bench: class=PatchTST input=randn:8,96,5 loss=mse
import torch
import torch.nn as nn


class RevIN(nn.Module):
    def __init__(self, num_features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.affine_weight = nn.Parameter(torch.ones(num_features))
        self.affine_bias = nn.Parameter(torch.zeros(num_features))

    def forward(self, x, mode):
        if mode == 'norm':
            self.mean = x.mean(dim=1, keepdim=True).detach()
            self.stdev = torch.sqrt(x.var(dim=1, keepdim=True, unbiased=False) + self.eps).detach()
            x = (x - self.mean) / self.stdev
            x = x * self.affine_weight + self.affine_bias
        elif mode == 'denorm':
            x = (x - self.affine_bias) / (self.affine_weight + self.eps * self.eps)
            x = x * self.stdev + self.mean
        return x


class PatchTST(nn.Module):
    """Channel-independent patches."""

    def __init__(self, seq_len=96, pred_len=24, c_in=5, patch_len=16, stride=8, d_model=32, n_heads=4, e_layers=2):
        super().__init__()
        self.patch_len, self.stride = patch_len, stride
        self.patch_num = (seq_len - patch_len) // stride + 1
        self.revin = RevIN(c_in)
        self.embed = nn.Linear(patch_len, d_model)
        self.pos = nn.Parameter(torch.zeros(1, self.patch_num, d_model))
        nn.init.uniform_(self.pos, -0.02, 0.02)
        layer = nn.TransformerEncoderLayer(d_model, n_heads, dim_feedforward=64, dropout=0.1, batch_first=True,
                                           activation='gelu')
        self.encoder = nn.TransformerEncoder(layer, num_layers=e_layers)
        self.head = nn.Linear(self.patch_num * d_model, pred_len)

    def forward(self, x):
        B, L, C = x.shape
        x = self.revin(x, 'norm')
        x = x.permute(0, 2, 1)
        x = x.unfold(dimension=-1, size=self.patch_len, step=self.stride)
        x = x.reshape(B * C, self.patch_num, self.patch_len)
        z = self.encoder(self.embed(x) + self.pos)
        z = z.reshape(B, C, -1)
        y = self.head(z).permute(0, 2, 1)
        return self.revin(y, 'denorm')
