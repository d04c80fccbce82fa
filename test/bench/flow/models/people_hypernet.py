# bench: class=PrimaryNetwork input=randn:16,3,32,32 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter


class HyperNetwork(nn.Module):
    def __init__(self, f_size=3, z_dim=16, out_size=8, in_size=8):
        super(HyperNetwork, self).__init__()
        self.z_dim = z_dim
        self.f_size = f_size
        self.out_size = out_size
        self.in_size = in_size
        self.w1 = Parameter(torch.fmod(torch.randn((self.z_dim, self.out_size * self.f_size * self.f_size)), 2))
        self.b1 = Parameter(torch.fmod(torch.randn((self.out_size * self.f_size * self.f_size)), 2))
        self.w2 = Parameter(torch.fmod(torch.randn((self.z_dim, self.in_size * self.z_dim)), 2))
        self.b2 = Parameter(torch.fmod(torch.randn((self.in_size * self.z_dim)), 2))

    def forward(self, z):
        h_in = torch.matmul(z, self.w2) + self.b2
        h_in = h_in.view(self.in_size, self.z_dim)
        h_final = torch.matmul(h_in, self.w1) + self.b1
        kernel = h_final.view(self.out_size, self.in_size, self.f_size, self.f_size)
        return kernel


class PrimaryNetwork(nn.Module):
    def __init__(self, z_dim=16, width=8, layers=2):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, padding=1)
        self.hope = HyperNetwork(z_dim=z_dim, out_size=width, in_size=width)
        self.zs = nn.ParameterList([Parameter(torch.fmod(torch.randn(z_dim), 2)) for _ in range(layers)])
        self.bns = nn.ModuleList([nn.BatchNorm2d(width) for _ in range(layers)])
        self.bn1 = nn.BatchNorm2d(width)
        self.global_avg = nn.AvgPool2d(8)
        self.final = nn.Linear(width * 16, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for z, bn in zip(self.zs, self.bns):
            w = self.hope(z)
            x = F.relu(bn(F.conv2d(x, w, padding=1)))
        x = self.global_avg(x)
        x = self.final(x.view(x.size(0), -1))
        return x
