# bench: class=VGGish make=vggish11 input=randn:16,3,32,32 loss=ce
import torch.nn as nn

cfgs = {"A": [16, "M", 32, "M", 64, 64, "M", 96, 96, "M"]}


def make_layers(cfg, batch_norm=False, activation="relu"):
    activations = nn.ModuleDict([["lrelu", nn.LeakyReLU(0.1)], ["relu", nn.ReLU()]])
    layers, in_channels = [], 3
    for v in cfg:
        if v == "M":
            layers += [nn.MaxPool2d(kernel_size=2, stride=2)]
        else:
            conv2d = nn.Conv2d(in_channels, v, kernel_size=3, padding=1)
            layers += [conv2d, nn.BatchNorm2d(v), activations[activation]] if batch_norm else [conv2d, activations[activation]]
            in_channels = v
    return nn.Sequential(*layers)


def head(sizes, p=0.5):
    layers = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(a, b))
        if i < len(sizes) - 2:
            layers += [nn.ReLU(inplace=True), nn.Dropout(p)]
    return nn.Sequential(*layers)


class VGGish(nn.Module):
    def __init__(self, features, classifier, init_weights=True):
        super().__init__()
        self.features = features
        self.classifier = classifier
        if init_weights:
            for m in self.modules():
                if isinstance(m, nn.Conv2d):
                    nn.init.xavier_uniform_(m.weight, gain=nn.init.calculate_gain("relu"))
                    nn.init.constant_(m.bias, 0)

    def forward(self, x):
        x = self.features(x)
        x = nn.Flatten()(x)
        return self.classifier(x)


def vggish11():
    return VGGish(make_layers(cfgs["A"], batch_norm=True), head([96 * 4, 128, 128, 10]))
