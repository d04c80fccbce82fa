# bench: class=FiLMNet input=randn:8,3,32,32+tokens:8,7:25 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class FiLMBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1 = nn.Conv2d(c + 2, c, 1)
        self.conv2 = nn.Conv2d(c, c, 3, padding=1)
        self.bn = nn.BatchNorm2d(c, affine=False)

    @staticmethod
    def coords(x):
        b, _, h, w = x.shape
        ys = torch.linspace(-1, 1, h).view(1, 1, h, 1).expand(b, 1, h, w)
        xs = torch.linspace(-1, 1, w).view(1, 1, 1, w).expand(b, 1, h, w)
        return torch.cat([x, ys, xs], dim=1)

    def forward(self, x, gamma, beta):
        x = F.relu(self.conv1(self.coords(x)))
        y = self.bn(self.conv2(x))
        y = gamma[..., None, None] * y + beta[..., None, None]
        return x + F.relu(y)


class FiLMNet(nn.Module):
    def __init__(self, vocab=25, c=16, blocks=3, answers=6):
        super().__init__()
        self.embed = nn.Embedding(vocab, 16)
        self.gru = nn.GRU(16, 32, batch_first=True)
        self.film = nn.Linear(32, blocks * 2 * c)
        self.stem = nn.Sequential(nn.Conv2d(3, c, 3, stride=2, padding=1), nn.BatchNorm2d(c), nn.ReLU())
        self.blocks = nn.ModuleList([FiLMBlock(c) for _ in range(blocks)])
        self.head = nn.Sequential(nn.Conv2d(c, 32, 1), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(32, answers))
        self.c = c

    def forward(self, image, question):
        _, h = self.gru(self.embed(question))
        params = self.film(h[0]).view(-1, len(self.blocks), 2, self.c)
        x = self.stem(image)
        for i, block in enumerate(self.blocks):
            x = block(x, 1 + params[:, i, 0], params[:, i, 1])
        return self.head(x)
