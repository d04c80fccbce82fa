# bench: class=VAE input=randn:64,196 loss=mse
import torch
from torch import nn
from torch.nn import functional as F


class Encoder(nn.Module):
    def __init__(self, x_dim, h_dim, z_dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(x_dim, h_dim), nn.Tanh(), nn.Linear(h_dim, h_dim), nn.Tanh())
        self.to_stats = nn.Linear(h_dim, 2 * z_dim)

    def forward(self, x):
        mu, logvar = self.to_stats(self.net(x)).chunk(2, dim=-1)
        return mu, logvar


class Decoder(nn.Module):
    def __init__(self, x_dim, h_dim, z_dim):
        super().__init__()
        self.fc1 = nn.Linear(z_dim, h_dim)
        self.fc2 = nn.Linear(h_dim, h_dim)
        self.fc3 = nn.Linear(h_dim, x_dim)

    def forward(self, z):
        h = torch.tanh(self.fc1(z))
        h = torch.tanh(self.fc2(h))
        return torch.sigmoid(self.fc3(h))


class VAE(nn.Module):
    x_dim = 196

    def __init__(self, h_dim=100, z_dim=10):
        super().__init__()
        self.enc = Encoder(self.x_dim, h_dim, z_dim)
        self.dec = Decoder(self.x_dim, h_dim, z_dim)

    @staticmethod
    def reparameterize(mu, logvar):
        std = torch.exp(0.5 * logvar)
        return mu + torch.randn_like(std) * std

    def forward(self, x):
        mu, logvar = self.enc(x.view(x.size(0), -1))
        return self.dec(self.reparameterize(mu, logvar)), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    bce = F.binary_cross_entropy(recon_x, x, reduction='sum')
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return bce + kld
