# bench: class=DeepEncoder input=tokens:8,16:100 loss=ce
import torch
from torch import nn


class DeepEncoder(nn.Module):
    def __init__(self, num_layers: int = 24, d_model: int = 64, nhead: int = 4, norm_first: bool = True, n_classes: int = 6):
        super().__init__()
        self.embed = nn.Embedding(100, d_model)
        self.position = nn.Parameter(torch.empty(16, d_model).normal_(std=0.02))
        layer = nn.TransformerEncoderLayer(d_model, nhead, dim_feedforward=4 * d_model, dropout=0.0,
                                           activation="gelu", batch_first=True, norm_first=norm_first)
        self.encoder = nn.TransformerEncoder(layer, num_layers, norm=nn.LayerNorm(d_model))
        self.classify = nn.Linear(d_model, n_classes)

    def forward(self, tokens):
        hidden = self.embed(tokens) + self.position
        hidden = self.encoder(hidden)
        return self.classify(hidden.mean(dim=1))
