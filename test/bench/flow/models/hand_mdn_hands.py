# bench: class=MDN input=randn:64,3 loss=mse
import torch
import torch.nn as nn


class MDN(nn.Module):
    def __init__(self, n_in=3, n_hidden=64, n_gauss=5):
        nn.Module.__init__(self)
        self.z_h = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, n_hidden), nn.Tanh())
        self.z_pi = nn.Linear(n_hidden, n_gauss)
        self.z_mu = nn.Linear(n_hidden, n_gauss)
        self.z_sigma = nn.Linear(n_hidden, n_gauss)

    def forward(self, x):
        z_h = self.z_h(x)
        pi = nn.functional.softmax(self.z_pi(z_h), -1)
        mu = self.z_mu(z_h)
        sigma = torch.exp(self.z_sigma(z_h))
        mean = torch.sum(pi * mu, dim=-1, keepdim=True)
        var = torch.sum(pi * (sigma ** 2 + mu ** 2), dim=-1, keepdim=True) - mean ** 2
        return torch.cat([mean, var], dim=-1)
