# bench: class=LeNet make=make input=randn:16,1,28,28 loss=ce
import torch
from torch import nn


def init_cnn(module):
    if type(module) == nn.Linear or type(module) == nn.Conv2d:
        nn.init.xavier_uniform_(module.weight)


class Classifier(nn.Module):
    def forward(self, X):
        return self.net(X)

    def loss(self, y_hat, y):
        return nn.functional.cross_entropy(y_hat, y)


class LeNet(Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.lr = lr
        self.net = nn.Sequential(
            nn.LazyConv2d(6, kernel_size=5, padding=2), nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=2, stride=2),
            nn.LazyConv2d(16, kernel_size=5), nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Flatten(),
            nn.LazyLinear(120), nn.Sigmoid(),
            nn.LazyLinear(84), nn.Sigmoid(),
            nn.LazyLinear(num_classes))


def make():
    model = LeNet()
    model(torch.randn(1, 1, 28, 28))
    model.apply(init_cnn)
    return model
