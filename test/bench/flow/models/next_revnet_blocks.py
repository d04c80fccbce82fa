# bench: class=RevNet input=randn:8,3,32,32 loss=ce
import torch
import torch.nn as nn


class F_block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(c), nn.Conv2d(c, c, 3, padding=1, bias=False)
        self.bn2, self.conv2 = nn.BatchNorm2d(c), nn.Conv2d(c, c, 3, padding=1, bias=False)

    def forward(self, x):
        x = self.conv1(torch.relu(self.bn1(x)))
        return self.conv2(torch.relu(self.bn2(x)))


class RevBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.f = F_block(c // 2)
        self.g = F_block(c // 2)

    def forward(self, x):
        x1, x2 = torch.chunk(x, 2, dim=1)
        y1 = x1 + self.f(x2)
        y2 = x2 + self.g(y1)
        return torch.cat([y1, y2], dim=1)


class Down(nn.Module):
    def __init__(self, factor=2):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        b, c, h, w = x.size()
        f = self.factor
        x = x.view(b, c, h // f, f, w // f, f)
        x = x.permute(0, 1, 3, 5, 2, 4).contiguous()
        return x.view(b, c * f * f, h // f, w // f)


class RevNet(nn.Module):
    def __init__(self, c=8, n=2, classes=10):
        super().__init__()
        stages = [nn.Conv2d(3, c, 3, padding=1, bias=False)]
        for i in range(3):
            stages += [RevBlock(c) for _ in range(n)]
            if i < 2:
                stages.append(Down())
                c *= 4
        self.stages = nn.Sequential(*stages)
        self.bn = nn.BatchNorm2d(c)
        self.fc = nn.Linear(c, classes)

    def forward(self, x):
        x = torch.relu(self.bn(self.stages(x)))
        return self.fc(x.mean([2, 3]))
