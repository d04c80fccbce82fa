import torch.nn as nn


class Encoder(nn.Module):
    def __init__(self, d_in=16, width=64, depth=3):
        super().__init__()
        self.layers = nn.ModuleList()
        for i in range(depth):
            self.layers.append(nn.Linear(d_in if i == 0 else width, width))
        self.act = nn.ReLU()

    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return x


class Probe(nn.Module):
    def __init__(self, encoder, width=64, n_classes=4):
        super().__init__()
        self.encoder = encoder
        self.classifier = nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, n_classes))

    def forward(self, x):
        return self.classifier(self.encoder(x))
