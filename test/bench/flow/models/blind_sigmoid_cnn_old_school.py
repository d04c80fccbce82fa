# bench: class=OldNet input=randn:32,1,28,28 loss=ce
import torch.nn as nn
import torch


class OldNet(nn.Module):
    """LeNet in the style of 1998, deeper."""
    def __init__(self):
        super(OldNet, self).__init__()
        self.c1 = nn.Conv2d(1, 6, kernel_size=(5, 5), padding=(2, 2))
        self.s2 = nn.AvgPool2d(kernel_size=(2, 2))
        self.c3 = nn.Conv2d(6, 16, kernel_size=(5, 5))
        self.s4 = nn.AvgPool2d(kernel_size=(2, 2))
        self.c5 = nn.Conv2d(16, 120, kernel_size=(5, 5))
        self.f6 = nn.Linear(120, 84)
        self.f7 = nn.Linear(84, 84)
        self.f8 = nn.Linear(84, 10)
        self.sigmoid = nn.Sigmoid()

    def forward(self, img):
        out = self.sigmoid(self.c1(img))
        out = self.s2(out)
        out = self.sigmoid(self.c3(out))
        out = self.s4(out)
        out = self.sigmoid(self.c5(out))
        out = torch.flatten(out, 1)
        out = self.sigmoid(self.f6(out))
        out = self.sigmoid(self.f7(out))
        out = self.f8(out)
        return out
