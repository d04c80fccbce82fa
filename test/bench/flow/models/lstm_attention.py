# bench: class=LSTMAttn input=tokens:32,25:300 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F
class LSTMAttn(nn.Module):
    def __init__(self, vocab=300, emb=40, hid=48, classes=5):
        super().__init__()
        self.emb = nn.Embedding(vocab, emb, padding_idx=0)
        self.lstm = nn.LSTM(emb, hid, bidirectional=True, batch_first=True)
        self.attn = nn.Linear(2 * hid, 1)
        self.fc = nn.Linear(2 * hid, classes)
    def forward(self, x):
        h, _ = self.lstm(self.emb(x))
        w = F.softmax(self.attn(torch.tanh(h)), dim=1)
        ctx = torch.sum(w * h, dim=1)
        return self.fc(ctx)
