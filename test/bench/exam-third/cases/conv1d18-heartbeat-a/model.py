import torch.nn as nn

from config import Config


class ConvUnit(nn.Module):
    def __init__(self, cin, cout, k):
        super().__init__()
        self.conv = nn.Conv1d(cin, cout, k, padding=k // 2)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.act(self.conv(x))


class BeatNet(nn.Module):
    """Plain stack of convolutions, pooled three times on the way."""

    def __init__(self, cfg: Config):
        super().__init__()
        units = []
        for i in range(cfg.depth):
            units.append(ConvUnit(1 if i == 0 else cfg.channels, cfg.channels, cfg.kernel))
            if i in (3, 8, 13):
                units.append(nn.MaxPool1d(2))
        self.trunk = nn.Sequential(*units)
        self.pool = nn.AdaptiveAvgPool1d(1)
        self.classifier = nn.Linear(cfg.channels, cfg.n_classes)

    def forward(self, x):
        x = self.trunk(x)
        return self.classifier(self.pool(x).flatten(1))
