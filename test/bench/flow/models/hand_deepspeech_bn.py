# bench: class=DeepSpeech input=randn:4,1,32,60 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class BatchRNN(nn.Module):
    def __init__(self, input_size, hidden_size, batch_norm=True):
        super().__init__()
        self.hidden_size = hidden_size
        self.bn = nn.BatchNorm1d(input_size) if batch_norm else None
        self.rnn = nn.GRU(input_size, hidden_size, bidirectional=True, batch_first=True, bias=True)

    def forward(self, x):
        if self.bn is not None:
            x = self.bn(x.transpose(1, 2)).transpose(1, 2)
        x, _ = self.rnn(x)
        x = x.view(x.size(0), x.size(1), 2, -1).sum(2)
        return x


class DeepSpeech(nn.Module):
    def __init__(self, labels=29, rnn_hidden=48, n_rnn=3, n_mels=32):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(1, 8, (11, 5), stride=(2, 2), padding=(5, 2)), nn.BatchNorm2d(8), nn.Hardtanh(0, 20, inplace=True),
            nn.Conv2d(8, 8, (7, 5), stride=(2, 1), padding=(3, 2)), nn.BatchNorm2d(8), nn.Hardtanh(0, 20, inplace=True))
        size = 8 * (n_mels // 4)
        self.rnns = nn.Sequential(
            BatchRNN(size, rnn_hidden, batch_norm=False),
            *(BatchRNN(rnn_hidden, rnn_hidden) for _ in range(n_rnn - 1)))
        self.fc = nn.Sequential(nn.LayerNorm(rnn_hidden), nn.Linear(rnn_hidden, labels, bias=False))

    def forward(self, x):
        x = self.conv(x)
        sizes = x.size()
        x = x.view(sizes[0], sizes[1] * sizes[2], sizes[3])
        x = x.transpose(1, 2).contiguous()
        x = self.rnns(x)
        return self.fc(x)
