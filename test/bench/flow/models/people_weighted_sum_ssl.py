# bench: class=SpeechEncoder input=randn:8,50,40 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class FeedForward(nn.Module):
    def __init__(self, d, mult=4, p=0.1):
        super().__init__()
        self.net = nn.Sequential(nn.LayerNorm(d), nn.Linear(d, d * mult), nn.SiLU(), nn.Dropout(p),
                                 nn.Linear(d * mult, d), nn.Dropout(p))

    def forward(self, x):
        return self.net(x)


class ConvModule(nn.Module):
    def __init__(self, d, k=7):
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.pw1 = nn.Conv1d(d, 2 * d, 1)
        self.dw = nn.Conv1d(d, d, k, padding=k // 2, groups=d)
        self.bn = nn.BatchNorm1d(d)
        self.pw2 = nn.Conv1d(d, d, 1)

    def forward(self, x):
        x = self.norm(x).transpose(1, 2)
        x = F.glu(self.pw1(x), dim=1)
        x = F.silu(self.bn(self.dw(x)))
        return self.pw2(x).transpose(1, 2)


class ConformerBlock(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.ff1 = FeedForward(d)
        self.norm = nn.LayerNorm(d)
        self.attn = nn.MultiheadAttention(d, heads, dropout=0.1, batch_first=True)
        self.conv = ConvModule(d)
        self.ff2 = FeedForward(d)
        self.final = nn.LayerNorm(d)

    def forward(self, x):
        x = x + 0.5 * self.ff1(x)
        q = self.norm(x)
        x = x + self.attn(q, q, q, need_weights=False)[0]
        x = x + self.conv(x)
        x = x + 0.5 * self.ff2(x)
        return self.final(x)


class SpeechEncoder(nn.Module):
    def __init__(self, n_mels=40, d=48, heads=4, layers=3, n_classes=11):
        super().__init__()
        self.subsample = nn.Sequential(nn.Conv1d(n_mels, d, 3, stride=2, padding=1), nn.ReLU())
        self.blocks = nn.ModuleList([ConformerBlock(d, heads) for _ in range(layers)])
        self.layer_weights = nn.Parameter(torch.zeros(layers))
        self.out = nn.Linear(d, n_classes)

    def forward(self, feats):
        x = self.subsample(feats.transpose(1, 2)).transpose(1, 2)
        hidden = []
        for blk in self.blocks:
            x = blk(x)
            hidden.append(x)
        w = torch.softmax(self.layer_weights, dim=0)
        stacked = torch.stack(hidden, dim=0)
        x = (w[:, None, None, None] * stacked).sum(dim=0)
        return self.out(x.mean(dim=1))
