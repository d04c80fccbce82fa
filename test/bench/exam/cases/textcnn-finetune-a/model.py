import torch
import torch.nn as nn


class TextCNN(nn.Module):
    def __init__(self, vocab=60, dim=24, channels=32, n_classes=3):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim)
        self.convs = nn.ModuleList(nn.Conv1d(dim, channels, k, padding=k // 2) for k in (3, 5))
        self.dropout = nn.Dropout(0.1)
        self.fc = nn.Linear(2 * channels, n_classes)

    def forward(self, tokens):
        e = self.embedding(tokens).transpose(1, 2)
        pooled = [torch.relu(conv(e)).amax(-1) for conv in self.convs]
        return self.fc(self.dropout(torch.cat(pooled, 1)))
