# bench: class=VideoNet input=randn:4,6,3,24,24 loss=ce
import torch
import torch.nn as nn


class VideoNet(nn.Module):
    """A CNN on every frame, a GRU over the frames."""

    def __init__(self, classes=5):
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1))
        self.gru = nn.GRU(16, 24, batch_first=True)
        self.fc = nn.Linear(24, classes)

    def forward(self, video):
        b, t, c, h, w = video.shape
        feats = self.cnn(video.view(b * t, c, h, w)).flatten(1)
        out, _ = self.gru(feats.view(b, t, -1))
        return self.fc(out[:, -1])
