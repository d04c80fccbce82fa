# bench: class=DeepMLP input=randn:64,40 loss=ce
from torch import nn


class ResBlock(nn.Module):
    def __init__(self, width, act):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(width, width), act(), nn.Linear(width, width))
        self.act = act()

    def forward(self, h):
        return self.act(h + self.inner(h))


class DeepMLP(nn.Module):
    def __init__(self, *, width=64, blocks=10, act=nn.Tanh, classes=5):
        super().__init__()
        net = [nn.Linear(40, width), act()]
        net.extend(ResBlock(width, act) for _ in range(blocks))
        net.append(nn.Linear(width, classes))
        self.net = nn.Sequential(*net)
        self.net.apply(self.init)

    @staticmethod
    def init(m):
        if type(m) == nn.Linear:
            nn.init.xavier_normal_(m.weight)
            nn.init.zeros_(m.bias)

    def forward(self, x):
        return self.net(x)
