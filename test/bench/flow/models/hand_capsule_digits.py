# bench: class=CapsNet input=randn:4,1,28,28 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


def squash(x, dim=-1):
    n2 = (x ** 2).sum(dim=dim, keepdim=True)
    return n2 / (1 + n2) * x / (n2.sqrt() + 1e-8)


class PrimaryCaps(nn.Module):
    def __init__(self, cin, caps, dim):
        super().__init__()
        self.conv = nn.Conv2d(cin, caps * dim, 9, stride=2)
        self.dim = dim

    def forward(self, x):
        u = self.conv(x)
        u = u.view(x.size(0), -1, self.dim)
        return squash(u)


class DigitCaps(nn.Module):
    def __init__(self, n_in, d_in, n_out=10, d_out=8, iters=3):
        super().__init__()
        self.W = nn.Parameter(0.01 * torch.randn(1, n_out, n_in, d_out, d_in))
        self.iters = iters

    def forward(self, x):
        x = x[:, None, :, :, None]
        u_hat = torch.matmul(self.W, x).squeeze(-1)
        b = torch.zeros(*u_hat.shape[:3], 1, device=x.device)
        for i in range(self.iters):
            c = F.softmax(b, dim=1)
            s = (c * u_hat).sum(dim=2, keepdim=True)
            v = squash(s)
            if i < self.iters - 1:
                b = b + (u_hat * v).sum(-1, keepdim=True)
        return v.squeeze(2)


class CapsNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 9)
        self.primary = PrimaryCaps(32, 4, 8)
        self.digits = DigitCaps(4 * 6 * 6, 8)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = self.digits(self.primary(x))
        return x.norm(dim=-1)
