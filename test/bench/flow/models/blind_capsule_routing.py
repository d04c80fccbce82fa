# bench: class=CapsNet input=randn:16,1,28,28 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


def squash(s, dim=-1, eps=1e-8):
    sq = (s ** 2).sum(dim=dim, keepdim=True)
    return sq / (1 + sq) * s / torch.sqrt(sq + eps)


class PrimaryCaps(nn.Module):
    def __init__(self, in_ch, caps, dim, kernel=9, stride=2):
        super().__init__()
        self.dim = dim
        self.conv = nn.Conv2d(in_ch, caps * dim, kernel, stride)

    def forward(self, x):
        u = self.conv(x)
        u = u.view(x.size(0), -1, self.dim)
        return squash(u)


class DigitCaps(nn.Module):
    def __init__(self, n_in, d_in, n_out, d_out, iterations=3):
        super().__init__()
        self.W = nn.Parameter(0.05 * torch.randn(1, n_in, n_out, d_out, d_in))
        self.iterations = iterations

    def forward(self, u):
        u = u[:, :, None, :, None]
        u_hat = torch.matmul(self.W, u).squeeze(-1)
        b = torch.zeros(u_hat.shape[0], u_hat.shape[1], u_hat.shape[2], 1)
        for r in range(self.iterations):
            c = F.softmax(b, dim=2)
            v = squash((c * u_hat).sum(dim=1, keepdim=True))
            if r < self.iterations - 1:
                b = b + (u_hat * v).sum(-1, keepdim=True)
        return v.squeeze(1)


class CapsNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 9)
        self.primary = PrimaryCaps(32, 4, 8)
        self.digits = DigitCaps(4 * 6 * 6, 8, 10, 16)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        v = self.digits(self.primary(x))
        return v.norm(dim=-1)
