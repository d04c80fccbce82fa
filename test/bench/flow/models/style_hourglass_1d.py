# bench: class=SignalAutoencoder input=randn:16,2,64 loss=mse
import torch.nn as nn


class Stack(nn.Sequential):
    """A named stack: Stack.down(...) / Stack.up(...)."""

    @classmethod
    def down(cls, a, b):
        return cls(nn.Conv1d(a, b, 5, stride=2, padding=2), nn.InstanceNorm1d(b, affine=True), nn.ELU())

    @classmethod
    def up(cls, a, b):
        return cls(nn.Upsample(scale_factor=2, mode='nearest'), nn.Conv1d(a, b, 5, padding=2), nn.ELU())


class SignalAutoencoder(nn.Module):
    WIDTHS = [2, 8, 16, 32, 64]

    def __init__(self):
        super().__init__()
        w = self.WIDTHS
        self.encoder = nn.Sequential(*(Stack.down(w[i], w[i + 1]) for i in range(len(w) - 1)))
        self.bottleneck = nn.Sequential(nn.Flatten(), nn.Linear(w[-1] * 4, 24), nn.ELU(), nn.Linear(24, w[-1] * 4), nn.Unflatten(1, (w[-1], 4)))
        self.decoder = nn.Sequential(*[Stack.up(a, b) for a, b in zip(w[:0:-1], w[-2::-1])])
        self.last = nn.Conv1d(w[0], w[0], 1)

    def forward(self, x):
        z = self.bottleneck(self.encoder(x))
        return self.last(self.decoder(z))
