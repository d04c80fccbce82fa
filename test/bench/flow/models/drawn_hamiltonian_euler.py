# bench: class=HamiltonianNet input=randn:64,4 loss=mse
import torch
import torch.nn as nn


def choose_nonlinearity(name):
    nl = None
    if name == 'tanh':
        nl = torch.tanh
    elif name == 'relu':
        nl = torch.relu
    elif name == 'softplus':
        nl = torch.nn.functional.softplus
    elif name == 'swish':
        nl = lambda x: x * torch.sigmoid(x)
    else:
        raise ValueError("nonlinearity not recognized")
    return nl


class MLP(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim, nonlinearity='tanh'):
        super(MLP, self).__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, hidden_dim)
        self.linear3 = nn.Linear(hidden_dim, output_dim, bias=None)
        for l in [self.linear1, self.linear2, self.linear3]:
            torch.nn.init.orthogonal_(l.weight)
        self.nonlinearity = choose_nonlinearity(nonlinearity)

    def forward(self, x, separate_fields=False):
        h = self.nonlinearity(self.linear1(x))
        h = self.nonlinearity(self.linear2(h))
        return self.linear3(h)


class HamiltonianNet(nn.Module):
    def __init__(self, dim=4, hidden=50):
        super().__init__()
        self.field = MLP(dim, hidden, dim, 'swish')
        self.dt = 0.1
        M = torch.eye(dim)
        M = torch.cat([M[dim // 2:], -M[:dim // 2]])
        self.register_buffer('M', M)

    def forward(self, x):
        for _ in range(4):
            x = x + self.dt * self.field(x) @ self.M.t()
        return x
