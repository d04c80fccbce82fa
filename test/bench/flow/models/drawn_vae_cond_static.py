# bench: class=CVAE input=randn:32,36+randn:32,4 loss=mse
import torch
import torch.nn as nn


def mlp(sizes, act=nn.Softplus, out_act=nn.Identity):
    layers = []
    for j in range(len(sizes) - 1):
        a = act if j < len(sizes) - 2 else out_act
        layers += [nn.Linear(sizes[j], sizes[j + 1]), a()]
    return nn.Sequential(*layers)


class CVAE(nn.Module):
    def __init__(self, x_dim=36, c_dim=4, z_dim=5, h=64):
        super().__init__()
        self.encoder = mlp([x_dim + c_dim, h, h, 2 * z_dim])
        self.decoder = mlp([z_dim + c_dim, h, h, x_dim])

    @staticmethod
    def reparameterize(stats):
        mu, log_var = stats.chunk(2, dim=1)
        return mu + torch.randn_like(mu) * (log_var / 2).exp(), mu, log_var

    def forward(self, x, c):
        z, mu, log_var = self.reparameterize(self.encoder(torch.cat((x, c), dim=1)))
        return self.decoder(torch.cat((z, c), dim=1)), mu, log_var
