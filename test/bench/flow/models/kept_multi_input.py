# bench: class=FusionNet input=randn:16,3,24,24+randn:16,12+tokens:16,10:70 loss=ce
import torch
import torch.nn as nn


class ImageBranch(nn.Module):
    def __init__(self, out=64):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(3, 16, 5, stride=2), nn.GroupNorm(4, 16), nn.ELU(),
            nn.Conv2d(16, 32, 3, stride=2), nn.GroupNorm(4, 32), nn.ELU(),
            nn.AdaptiveAvgPool2d((2, 2)), nn.Flatten(), nn.Linear(128, out))

    def forward(self, x):
        return self.net(x)


class TextBranch(nn.Module):
    def __init__(self, vocab=70, dim=24, out=64):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim, padding_idx=0)
        self.lstm = nn.LSTM(dim, out // 2, bidirectional=True, batch_first=True)

    def forward(self, ids):
        y, (h, c) = self.lstm(self.emb(ids))
        return torch.cat([h[0], h[1]], dim=-1)


class FusionNet(nn.Module):
    def __init__(self, n_tab=12, classes=8):
        super().__init__()
        self.image, self.text = ImageBranch(), TextBranch()
        self.tab = nn.Sequential(nn.BatchNorm1d(n_tab), nn.Linear(n_tab, 32), nn.PReLU(), nn.Linear(32, 64))
        self.gate = nn.Linear(64 * 3, 3)
        self.head = nn.Sequential(nn.LayerNorm(64), nn.Linear(64, 64), nn.GELU(), nn.Linear(64, classes))

    def forward(self, image, tab, ids):
        parts = [self.image(image), self.tab(tab), self.text(ids)]
        w = torch.softmax(self.gate(torch.cat(parts, -1)), -1)
        fused = sum(w[:, i:i + 1] * p for i, p in enumerate(parts))
        return self.head(fused)
