# bench: class=net make=build_network input=randn:64,24 loss=ce
from collections import OrderedDict
from itertools import chain

import torch.nn as nn

ACT = {'relu': nn.ReLU, 'tanh': nn.Tanh, 'elu': nn.ELU, 'selu': nn.SELU}


def block(idx, n_in, n_out, act):
    yield f'linear{idx}', nn.Linear(n_in, n_out)
    yield f'{act}{idx}', ACT[act]()


def build_network(sizes=(24, 80, 80, 80, 80, 80, 80, 6), act='selu'):
    *body, _ = zip(sizes[:-1], sizes[1:])
    pieces = chain.from_iterable(block(i, a, b, act) for i, (a, b) in enumerate(body, 1))
    net = nn.Sequential(OrderedDict(list(pieces) + [('head', nn.Linear(sizes[-2], sizes[-1]))]))
    for param in net.parameters():
        if len(param.shape) == 1:
            nn.init.constant_(param, 0.)
        else:
            nn.init.kaiming_normal_(param, mode='fan_in', nonlinearity='linear')
    return net


net = build_network()
