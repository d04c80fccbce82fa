# bench: class=DenseECG input=randn:16,2,128 loss=ce
import torch
import torch.nn as nn


class _DenseLayer(nn.Sequential):
    def __init__(self, num_input_features, growth_rate, bn_size):
        super().__init__()
        self.add_module('norm1', nn.BatchNorm1d(num_input_features))
        self.add_module('relu1', nn.ReLU(inplace=True))
        self.add_module('conv1', nn.Conv1d(num_input_features, bn_size * growth_rate, kernel_size=1, bias=False))
        self.add_module('norm2', nn.BatchNorm1d(bn_size * growth_rate))
        self.add_module('relu2', nn.ReLU(inplace=True))
        self.add_module('conv2', nn.Conv1d(bn_size * growth_rate, growth_rate, kernel_size=3, padding=1, bias=False))

    def forward(self, x):
        new_features = super().forward(x)
        return torch.cat([x, new_features], 1)


class _DenseBlock(nn.Sequential):
    def __init__(self, num_layers, num_input_features, bn_size, growth_rate):
        super().__init__()
        for i in range(num_layers):
            self.add_module('denselayer%d' % (i + 1), _DenseLayer(num_input_features + i * growth_rate, growth_rate, bn_size))


class DenseECG(nn.Module):
    def __init__(self, growth_rate=8, block_config=(3, 4), init_features=16, bn_size=2, num_classes=5):
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module('conv0', nn.Conv1d(2, init_features, kernel_size=7, stride=2, padding=3, bias=False))
        self.features.add_module('norm0', nn.BatchNorm1d(init_features))
        self.features.add_module('relu0', nn.ReLU(inplace=True))
        n = init_features
        for i, layers in enumerate(block_config):
            self.features.add_module('denseblock%d' % (i + 1), _DenseBlock(layers, n, bn_size, growth_rate))
            n = n + layers * growth_rate
            if i != len(block_config) - 1:
                trans = nn.Sequential(nn.BatchNorm1d(n), nn.ReLU(True), nn.Conv1d(n, n // 2, 1, bias=False), nn.AvgPool1d(2, 2))
                self.features.add_module('transition%d' % (i + 1), trans)
                n = n // 2
        self.features.add_module('norm5', nn.BatchNorm1d(n))
        self.classifier = nn.Linear(n, num_classes)

    def forward(self, x):
        f = torch.relu(self.features(x))
        return self.classifier(nn.functional.adaptive_avg_pool1d(f, 1).squeeze(-1))
