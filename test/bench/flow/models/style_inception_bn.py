# bench: class=MiniInception input=randn:8,3,28,28 loss=ce
import torch
from torch import nn


def conv_bn(in_ch, out_ch, **kwargs):
    return nn.Sequential(nn.Conv2d(in_ch, out_ch, bias=False, **kwargs), nn.BatchNorm2d(out_ch, eps=0.001), nn.ReLU(inplace=True))


class InceptionBlock(nn.Module):
    def __init__(self, in_channels, ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj):
        super().__init__()
        self.branch1 = conv_bn(in_channels, ch1x1, kernel_size=1)
        self.branch2 = nn.Sequential(conv_bn(in_channels, ch3x3red, kernel_size=1), conv_bn(ch3x3red, ch3x3, kernel_size=3, padding=1))
        self.branch3 = nn.Sequential(conv_bn(in_channels, ch5x5red, kernel_size=1), conv_bn(ch5x5red, ch5x5, kernel_size=5, padding=2))
        self.branch4 = nn.Sequential(nn.MaxPool2d(kernel_size=3, stride=1, padding=1, ceil_mode=True), conv_bn(in_channels, pool_proj, kernel_size=1))

    def _forward(self, x):
        return [self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)]

    def forward(self, x):
        return torch.cat(self._forward(x), 1)


class MiniInception(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.stem = conv_bn(3, 24, kernel_size=3, stride=1, padding=1)
        self.inception3a = InceptionBlock(24, 8, 8, 16, 4, 8, 8)
        self.inception3b = InceptionBlock(40, 16, 16, 24, 4, 12, 8)
        self.maxpool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception4a = InceptionBlock(60, 24, 12, 26, 4, 12, 8)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(0.2)
        self.fc = nn.Linear(70, num_classes)
        for name, m in self.named_modules():
            if type(m) in (nn.Conv2d, nn.Linear):
                nn.init.trunc_normal_(m.weight, mean=0.0, std=0.05, a=-2, b=2)

    def forward(self, x):
        x = self.stem(x)
        x = self.inception3b(self.inception3a(x))
        x = self.inception4a(self.maxpool(x))
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(self.dropout(x))
