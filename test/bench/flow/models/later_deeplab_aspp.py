# bench: class=SegNet input=randn:4,3,48,48 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class ASPPModule(nn.Module):
    def __init__(self, inplanes, planes, kernel_size, padding, dilation):
        super().__init__()
        self.atrous_conv = nn.Conv2d(inplanes, planes, kernel_size, stride=1, padding=padding, dilation=dilation,
                                     bias=False)
        self.bn = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU()
        self._init_weight()

    def forward(self, x):
        return self.relu(self.bn(self.atrous_conv(x)))

    def _init_weight(self):
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                torch.nn.init.kaiming_normal_(m.weight)
            elif isinstance(m, nn.BatchNorm2d):
                m.weight.data.fill_(1)
                m.bias.data.zero_()


class SegNet(nn.Module):
    def __init__(self, num_classes=5, dilations=(1, 2, 3)):
        super().__init__()
        self.low = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.ReLU(True))
        self.high = nn.Sequential(nn.Conv2d(16, 32, 3, 2, 1), nn.BatchNorm2d(32), nn.ReLU(True),
                                  nn.Conv2d(32, 48, 3, 2, 1), nn.BatchNorm2d(48), nn.ReLU(True))
        self.aspp = nn.ModuleList([ASPPModule(48, 24, 1 if d == 1 else 3, 0 if d == 1 else d, d) for d in dilations])
        self.global_avg_pool = nn.Sequential(nn.AdaptiveAvgPool2d((1, 1)), nn.Conv2d(48, 24, 1), nn.ReLU())
        self.project = nn.Conv2d(24 * (len(dilations) + 1), 32, 1, bias=False)
        self.last = nn.Sequential(nn.Conv2d(48, 32, 3, padding=1), nn.ReLU(), nn.Dropout2d(0.1),
                                  nn.Conv2d(32, num_classes, 1))

    def forward(self, input):
        low = self.low(input)
        x = self.high(low)
        outs = [m(x) for m in self.aspp]
        pooled = self.global_avg_pool(x)
        outs.append(F.interpolate(pooled, size=x.size()[2:], mode='bilinear', align_corners=True))
        x = self.project(torch.cat(outs, dim=1))
        x = F.interpolate(x, size=low.size()[2:], mode='bilinear', align_corners=True)
        x = self.last(torch.cat((x, low), dim=1))
        return F.interpolate(x, size=input.size()[2:], mode='bilinear', align_corners=True)
