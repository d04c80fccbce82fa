# bench: class=SharedEncoder input=tokens:8,16:100 loss=ce
import torch
from torch import nn


class SharedEncoder(nn.Module):
    """One layer applied many times, factorised embedding."""

    def __init__(self, vocab_size=100, embedding_size=16, hidden_size=48, num_heads=4, repeats=6, num_classes=4):
        super().__init__()
        self.repeats = repeats
        self.word = nn.Embedding(vocab_size, embedding_size)
        self.project = nn.Linear(embedding_size, hidden_size)
        self.layer = nn.TransformerEncoderLayer(hidden_size, num_heads, 96, dropout=0.0, batch_first=True)
        self.out = nn.Linear(hidden_size, num_classes)

    def forward(self, ids):
        h = self.project(self.word(ids))
        for _ in range(self.repeats):
            h = self.layer(h)
        return self.out(h.mean(1))
