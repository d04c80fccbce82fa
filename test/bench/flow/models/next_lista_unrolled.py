# bench: class=LISTA input=randn:64,30 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


def soft_threshold(x, theta):
    return torch.sign(x) * F.relu(torch.abs(x) - theta)


class LISTA(nn.Module):
    """Unrolled ISTA with learned matrices (Gregor & LeCun)."""

    def __init__(self, n=30, m=60, T=6, L=10.0):
        super().__init__()
        A = torch.randn(n, m) / n ** 0.5
        self.We = nn.Linear(n, m, bias=False)
        self.S = nn.Linear(m, m, bias=False)
        self.We.weight.data = A.t() / L
        self.S.weight.data = torch.eye(m) - A.t() @ A / L
        self.theta = nn.Parameter(torch.full((T, 1), 0.05))
        self.D = nn.Linear(m, n, bias=False)
        self.T = T

    def forward(self, y):
        b = self.We(y)
        x = soft_threshold(b, self.theta[0])
        for t in range(1, self.T):
            x = soft_threshold(b + self.S(x), self.theta[t])
        return self.D(x)
