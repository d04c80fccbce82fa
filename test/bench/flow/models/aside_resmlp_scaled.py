# bench: class=ResMLP input=randn:64,48 loss=ce
import torch
from torch import nn


class ResMLP(nn.Module):
    def __init__(self, d=48, w=96, blocks=20, out=10):
        super().__init__()
        self.embed = nn.Linear(d, w)
        self.ups = nn.ModuleList(nn.Linear(w, 2 * w) for _ in range(blocks))
        self.downs = nn.ModuleList(nn.Linear(2 * w, w) for _ in range(blocks))
        self.alpha = blocks ** -0.5
        self.head = nn.Linear(w, out)
        for up, down in zip(self.ups, self.downs):
            nn.init.kaiming_normal_(up.weight)
            nn.init.xavier_normal_(down.weight)
            for l in (up, down):
                nn.init.zeros_(l.bias)

    def forward(self, x):
        x = self.embed(x)
        for up, down in zip(self.ups, self.downs):
            x = x + self.alpha * down(torch.relu(up(x)))
        return self.head(x)
