# bench: class=DenseNet make=densenet_small input=randn:8,3,32,32 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F
import math
from collections import OrderedDict


class _Layer(nn.Sequential):
    def __init__(self, nIn, growth, bn_size):
        super(_Layer, self).__init__()
        self.add_module('norm1', nn.BatchNorm2d(nIn))
        self.add_module('relu1', nn.ReLU(inplace=True))
        self.add_module('conv1', nn.Conv2d(nIn, bn_size * growth, kernel_size=1, bias=False))
        self.add_module('norm2', nn.BatchNorm2d(bn_size * growth))
        self.add_module('relu2', nn.ReLU(inplace=True))
        self.add_module('conv2', nn.Conv2d(bn_size * growth, growth, kernel_size=3, padding=1, bias=False))

    def forward(self, x):
        new = super(_Layer, self).forward(x)
        return torch.cat([x, new], 1)


class DenseNet(nn.Module):
    def __init__(self, block_config=(4, 4, 4), growth=12, init=24, theta=0.5, bn_size=4, classes=10):
        super(DenseNet, self).__init__()
        self.features = nn.Sequential(OrderedDict([('conv0', nn.Conv2d(3, init, 3, padding=1, bias=False))]))
        n = init
        for i, num_layers in enumerate(block_config):
            block = nn.Sequential()
            for j in range(num_layers):
                block.add_module('layer%d' % (j + 1), _Layer(n + j * growth, growth, bn_size))
            self.features.add_module('block%d' % (i + 1), block)
            n += num_layers * growth
            if i != len(block_config) - 1:
                out = int(math.floor(n * theta))
                self.features.add_module('trans%d' % (i + 1), nn.Sequential(
                    nn.BatchNorm2d(n), nn.ReLU(inplace=True), nn.Conv2d(n, out, 1, bias=False), nn.AvgPool2d(2, 2)))
                n = out
        self.features.add_module('norm5', nn.BatchNorm2d(n))
        self.classifier = nn.Linear(n, classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                k = m.kernel_size[0] * m.kernel_size[1] * m.out_channels
                m.weight.data.normal_(0, math.sqrt(2. / k))
            elif isinstance(m, nn.BatchNorm2d):
                m.weight.data.fill_(1)
                m.bias.data.zero_()
            elif isinstance(m, nn.Linear):
                m.bias.data.zero_()

    def forward(self, x):
        f = F.relu(self.features(x), inplace=True)
        f = F.adaptive_avg_pool2d(f, (1, 1)).view(f.size(0), -1)
        return self.classifier(f)


def densenet_small():
    return DenseNet()
