# bench: class=SiameseNetwork input=randn:32,1,28,28+randn:32,1,28,28 loss=bce
import torch
import torch.nn as nn


class SiameseNetwork(nn.Module):
    def __init__(self):
        super(SiameseNetwork, self).__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 16, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2),
            nn.Conv2d(16, 32, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2),
            nn.Conv2d(32, 64, 3), nn.ReLU(inplace=True),
        )
        self.liner = nn.Sequential(nn.Linear(64 * 3 * 3, 128), nn.Sigmoid())
        self.out = nn.Linear(128, 1)

    def forward_one(self, x):
        x = self.cnn(x)
        x = x.view(x.size()[0], -1)
        x = self.liner(x)
        return x

    def forward(self, x1, x2):
        out1 = self.forward_one(x1)
        out2 = self.forward_one(x2)
        dis = torch.abs(out1 - out2)
        return self.out(dis)
