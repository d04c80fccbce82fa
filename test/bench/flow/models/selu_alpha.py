# bench: class=SNN make=model input=randn:64,64 loss=ce
import torch
import torch.nn as nn


def lecun(m):
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight, mode="fan_in", nonlinearity="linear")
        nn.init.zeros_(m.bias)


class SNN(nn.Module):
    def __init__(self, depth=24, width=96):
        super().__init__()
        sizes = [64] + [width] * depth
        layers = []
        for i in range(depth):
            layers.append(nn.Linear(sizes[i], sizes[i + 1]))
            layers.append(nn.SELU())
            layers.append(nn.AlphaDropout(0.05))
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        return self.head(self.body(x))


model = SNN()
model.apply(lecun)
