# bench: class=Elman input=randn:16,60,4 loss=ce
import torch as th
import torch.nn as nn


class Elman(nn.Module):
    def __init__(self, in_dim=4, state=50, classes=5):
        super().__init__()
        self.Wx = nn.Parameter(th.randn(in_dim, state) * (1.0 / in_dim) ** 0.5)
        self.Wh = nn.Parameter(th.empty(state, state))
        nn.init.orthogonal_(self.Wh, gain=0.9)
        self.b = nn.Parameter(th.zeros(state))
        self.V = nn.Parameter(0.1 * th.randn(state, classes))
        self.c = nn.Parameter(th.zeros(classes))

    def step(self, h, x_t):
        return th.tanh(th.mm(x_t, self.Wx) + th.mm(h, self.Wh) + self.b)

    def forward(self, xs):
        xs = xs.transpose(0, 1)
        h = xs.new_zeros(xs.shape[1], self.Wh.shape[0])
        for i in range(xs.shape[0]):
            h = self.step(h, xs[i])
        return h.mm(self.V).add(self.c)
