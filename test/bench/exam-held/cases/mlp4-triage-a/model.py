import torch.nn as nn


def build(n_in=10, widths=(48, 48), n_out=2):
    layers, prev = [], n_in
    for w in widths:
        layers.extend([nn.Linear(prev, w), nn.ReLU()])
        prev = w
    layers.append(nn.Linear(prev, n_out))
    return nn.Sequential(*layers)
