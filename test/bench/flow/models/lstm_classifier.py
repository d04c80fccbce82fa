# bench: class=Sentiment input=tokens:32,40:1000 loss=bce
import torch
import torch.nn as nn


class Sentiment(nn.Module):
    def __init__(self, vocab_size=1000, embedding_dim=50, hidden_dim=64, n_layers=2, drop_prob=0.3):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim, n_layers, dropout=drop_prob, batch_first=True)
        self.dropout = nn.Dropout(drop_prob)
        self.fc = nn.Linear(hidden_dim, 1)

    def forward(self, x):
        embeds = self.embedding(x)
        lstm_out, (h, c) = self.lstm(embeds)
        out = self.dropout(h[-1])
        return self.fc(out).squeeze(1)


loss_fn = nn.BCEWithLogitsLoss()
