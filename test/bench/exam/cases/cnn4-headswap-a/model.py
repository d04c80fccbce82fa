import torch.nn as nn


def conv_block(c_in, c_out):
    return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU(inplace=True), nn.MaxPool2d(2))


class SmallBackbone(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.layer1 = conv_block(1, 16)
        self.layer2 = conv_block(16, 24)
        self.layer3 = conv_block(24, 32)
        self.fc = nn.Linear(32 * 4, n_classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(x.flatten(1))


def freeze(module):
    for p in module.parameters():
        p.requires_grad = False
