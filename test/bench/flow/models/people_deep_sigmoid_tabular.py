# bench: class=RiskModel make=build_model input=randn:64,30 loss=bce
import torch
import torch.nn as nn


class BaseModel(nn.Module):
    hidden = 64
    depth = 9
    act = nn.Sigmoid

    def __init__(self, n_features):
        super().__init__()
        self.layers = nn.ModuleList()
        width = n_features
        for _ in range(self.depth):
            self.layers.append(self.make_layer(width, self.hidden))
            width = self.hidden
        self.head = nn.Linear(width, 1)

    def make_layer(self, a, b):
        return nn.Sequential(nn.Linear(a, b), self.act())

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


class RiskModel(BaseModel):
    def make_layer(self, a, b):
        return nn.Sequential(nn.Linear(a, b), self.act(), nn.Dropout(0.1))


def build_model():
    return RiskModel(30)
