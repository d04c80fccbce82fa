# bench: class=AutoEncoder input=randn:64,784 loss=mse
import torch
import torch.nn as nn


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(784, 256), nn.ReLU(),
            nn.Linear(256, 64), nn.ReLU(),
            nn.Linear(64, 16))
        self.decoder = nn.Sequential(
            nn.Linear(16, 64), nn.ReLU(),
            nn.Linear(64, 256), nn.ReLU(),
            nn.Linear(256, 784))

    def forward(self, x):
        z = self.encoder(x)
        return self.decoder(z)


def train():
    net = AutoEncoder()
    criterion = nn.MSELoss()
    opt = torch.optim.Adam(net.parameters())
    for _ in range(10):
        x = torch.randn(64, 784)
        loss = criterion(net(x), x)
        opt.zero_grad()
        loss.backward()
        opt.step()
