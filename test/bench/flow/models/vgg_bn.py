# bench: class=VGG input=randn:32,3,32,32 loss=ce
import torch
import torch.nn as nn

cfg = {"A": [32, "M", 64, "M", 96, 96, "M", 128, 128, "M"]}


class VGG(nn.Module):
    def __init__(self, name="A"):
        super(VGG, self).__init__()
        self.features = self._make_layers(cfg[name])
        self.classifier = nn.Linear(128 * 4, 10)

    def forward(self, x):
        out = self.features(x)
        out = out.view(out.size(0), -1)
        out = self.classifier(out)
        return out

    def _make_layers(self, cfg):
        layers = []
        in_channels = 3
        for x in cfg:
            if x == "M":
                layers += [nn.MaxPool2d(kernel_size=2, stride=2)]
            else:
                layers += [nn.Conv2d(in_channels, x, kernel_size=3, padding=1),
                           nn.BatchNorm2d(x),
                           nn.ReLU(inplace=True)]
                in_channels = x
        layers += [nn.AvgPool2d(kernel_size=1, stride=1)]
        return nn.Sequential(*layers)
