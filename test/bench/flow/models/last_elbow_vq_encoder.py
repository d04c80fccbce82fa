# bench: class=BetaVAE input=randn:16,1,32,32 loss=bce
import torch
from torch import nn


class View(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, t):
        return t.view(self.size)


class BetaVAE(nn.Module):
    def __init__(self, z_dim=8, nc=1):
        super().__init__()
        self.z_dim = z_dim
        self.encoder = nn.Sequential(
            nn.Conv2d(nc, 16, 4, 2, 1), nn.ReLU(True),
            nn.Conv2d(16, 16, 4, 2, 1), nn.ReLU(True),
            nn.Conv2d(16, 32, 4, 2, 1), nn.ReLU(True),
            nn.Conv2d(32, 64, 4), nn.ReLU(True),
            View((-1, 64)),
            nn.Linear(64, z_dim * 2),
        )
        self.decoder = nn.Sequential(
            nn.Linear(z_dim, 64), View((-1, 64, 1, 1)), nn.ReLU(True),
            nn.ConvTranspose2d(64, 32, 4), nn.ReLU(True),
            nn.ConvTranspose2d(32, 16, 4, 2, 1), nn.ReLU(True),
            nn.ConvTranspose2d(16, 16, 4, 2, 1), nn.ReLU(True),
            nn.ConvTranspose2d(16, nc, 4, 2, 1),
        )
        self.weight_init()

    def weight_init(self):
        for block in self._modules:
            for m in self._modules[block]:
                if isinstance(m, (nn.Linear, nn.Conv2d)):
                    nn.init.kaiming_normal_(m.weight)
                    if m.bias is not None:
                        m.bias.data.fill_(0)

    def forward(self, x):
        distributions = self.encoder(x)
        mu = distributions[:, :self.z_dim]
        logvar = distributions[:, self.z_dim:]
        std = logvar.div(2).exp()
        z = mu + std * torch.randn_like(std)
        return self.decoder(z)
