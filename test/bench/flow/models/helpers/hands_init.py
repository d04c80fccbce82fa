import math

import torch.nn as nn


def truncated(weight, gain):
    fan_in, _ = nn.init._calculate_fan_in_and_fan_out(weight)
    std = gain / math.sqrt(fan_in)
    nn.init.trunc_normal_(weight, std=std, a=-2 * std, b=2 * std)


SCHEMES = {
    'truncated': truncated,
    'orthogonal': lambda w, gain: nn.init.orthogonal_(w.view(w.size(0), -1), gain),
}


class Initializer:
    def __init__(self, scheme='truncated', gain=1.0, bias=0.0):
        self.scheme, self.gain, self.bias = SCHEMES[scheme], gain, bias

    def __call__(self, module):
        if not hasattr(module, 'weight') or module.weight is None or module.weight.ndim < 2:
            return
        self.scheme(module.weight, self.gain)
        if getattr(module, 'bias', None) is not None:
            nn.init.constant_(module.bias, self.bias)
