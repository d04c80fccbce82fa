import torch.nn as nn


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        m.weight.data.normal_(0.0, 0.02)
    elif classname.find("Linear") != -1:
        m.weight.data.normal_(0.0, 0.02)
        m.bias.data.fill_(0)


class TanhBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, 3, stride=stride, padding=1, bias=False)
        self.act = nn.Tanh()

    def forward(self, x):
        return self.act(self.conv(x))


class BlobCounter(nn.Module):
    def __init__(self, width=12, n_blocks=14, n_classes=3):
        super().__init__()
        blocks = [TanhBlock(1, width)]
        for i in range(1, n_blocks):
            blocks.append(TanhBlock(width, width, stride=2 if i == 4 else 1))
        self.blocks = nn.Sequential(*blocks)
        self.pool = nn.AdaptiveAvgPool2d(3)
        self.fc = nn.Linear(width * 9, n_classes)
        self.apply(weights_init)

    def forward(self, x):
        return self.fc(self.pool(self.blocks(x)).flatten(1))
