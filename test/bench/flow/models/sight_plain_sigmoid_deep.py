# bench: class=Deep input=randn:64,16 loss=ce
from torch import nn


def block(n_in, n_out, p):
    yield nn.Linear(n_in, n_out)
    yield nn.Sigmoid()
    if p > 0:
        yield nn.Dropout(p)


class Deep(nn.Module):
    def __init__(self, width=48, depth=7, p=0.1):
        super().__init__()
        modules = [m for i in range(depth) for m in block(16 if i == 0 else width, width, p)]
        self.net = nn.Sequential(*modules, nn.Linear(width, 4))

    def forward(self, x):
        return self.net(x)
