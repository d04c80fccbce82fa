# bench: class=RainbowLike input=randn:32,4,36,36 loss=ce
import torch
import torch.nn as nn


class RainbowLike(nn.Module):
    def __init__(self, in_channels=4, num_actions=6, atoms=11):
        super().__init__()
        self.num_actions, self.atoms = num_actions, atoms
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 16, kernel_size=8, stride=4), nn.ReLU(),
            nn.Conv2d(16, 32, kernel_size=4, stride=2), nn.ReLU(),
            nn.Conv2d(32, 32, kernel_size=2, stride=1), nn.ReLU())
        n = self._feature_size((in_channels, 36, 36))
        self.advantage = nn.Sequential(nn.Linear(n, 64), nn.ReLU(), nn.Linear(64, num_actions * atoms))
        self.value = nn.Sequential(nn.Linear(n, 64), nn.ReLU(), nn.Linear(64, atoms))

    def _feature_size(self, shape):
        with torch.no_grad():
            return self.features(torch.zeros(1, *shape)).view(1, -1).size(1)

    def forward(self, x):
        x = self.features(x).view(x.size(0), -1)
        a = self.advantage(x).view(-1, self.num_actions, self.atoms)
        v = self.value(x).view(-1, 1, self.atoms)
        q = v + a - a.mean(1, keepdim=True)
        return q.softmax(2).log().mean(1)
