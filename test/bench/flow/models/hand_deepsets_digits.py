# bench: class=DeepSet input=randn:32,10,5 loss=mse
import torch.nn as nn


class PermEqui(nn.Module):
    def __init__(self, in_dim, out_dim):
        super().__init__()
        self.Gamma = nn.Linear(in_dim, out_dim)
        self.Lambda = nn.Linear(in_dim, out_dim, bias=False)

    def forward(self, x):
        xm = x.mean(1, keepdim=True)
        xm = self.Lambda(xm)
        x = self.Gamma(x)
        return x - xm


class DeepSet(nn.Module):
    def __init__(self, x_dim=5, d_dim=64):
        super().__init__()
        self.phi = nn.Sequential(
            PermEqui(x_dim, d_dim), nn.ELU(inplace=True),
            PermEqui(d_dim, d_dim), nn.ELU(inplace=True),
            PermEqui(d_dim, d_dim), nn.ELU(inplace=True))
        self.ro = nn.Sequential(nn.Dropout(p=0.2), nn.Linear(d_dim, d_dim), nn.ELU(inplace=True), nn.Linear(d_dim, 1))

    def forward(self, x):
        phi_output = self.phi(x)
        sum_output, _ = phi_output.max(1)
        return self.ro(sum_output)
