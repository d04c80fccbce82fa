# bench: class=DeepSet input=randn:32,20,3 loss=ce
import torch
import torch.nn as nn


class PermEqui2_mean(nn.Module):
    def __init__(self, in_dim, out_dim):
        super(PermEqui2_mean, self).__init__()
        self.Gamma = nn.Linear(in_dim, out_dim)
        self.Lambda = nn.Linear(in_dim, out_dim, bias=False)

    def forward(self, x):
        xm = x.mean(1, keepdim=True)
        xm = self.Lambda(xm)
        x = self.Gamma(x)
        x = x - xm
        return x


class DeepSet(nn.Module):
    def __init__(self, d_dim=64, x_dim=3, n_class=5):
        super(DeepSet, self).__init__()
        self.phi = nn.Sequential(
            PermEqui2_mean(x_dim, d_dim),
            nn.Tanh(),
            PermEqui2_mean(d_dim, d_dim),
            nn.Tanh(),
            PermEqui2_mean(d_dim, d_dim),
            nn.Tanh(),
        )
        self.ro = nn.Sequential(
            nn.Dropout(p=0.5),
            nn.Linear(d_dim, d_dim),
            nn.Tanh(),
            nn.Dropout(p=0.5),
            nn.Linear(d_dim, n_class),
        )

    def forward(self, x):
        phi_output = self.phi(x)
        sum_output = phi_output.mean(1)
        ro_output = self.ro(sum_output)
        return ro_output
