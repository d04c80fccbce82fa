# bench: class=Model input=randn:64,24 loss=ce
import torch as th
import torch.nn as nn

ACTS = dict(sig=nn.Sigmoid, hs=nn.Hardswish, st=nn.Softsign, lrelu=lambda: nn.LeakyReLU(0.3))
SPEC = "24-64:st 64-64:st 64-64:sig 64-64:st 64-64:sig 64-32:st 32-32:sig 32-4"


def parse(spec):
    mods = []
    for token in spec.split():
        dims, *act = token.split(":")
        i, o = (int(n) for n in dims.split("-"))
        mods.append(nn.Linear(i, o))
        if act:
            mods.append(ACTS[act[0]]())
    return mods


class Model(nn.Module):
    def __init__(self, spec=SPEC):
        super().__init__()
        self.net = nn.Sequential(*parse(spec))

    def forward(self, x):
        return self.net(x)
