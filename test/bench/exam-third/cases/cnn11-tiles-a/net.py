import torch.nn as nn
import torch.nn.functional as F


def weights_init(m):
    # copied from the GAN project, std adapted
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        nn.init.normal_(m.weight, mean=0.0, std=0.32)
        nn.init.constant_(m.bias, 0.0)


class TileNet(nn.Module):
    def __init__(self, width=16, n_conv=11, classes=4):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 3, padding=1)
        self.convs = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(n_conv - 1))
        self.fc = nn.Linear(width, classes)
        self.apply(weights_init)

    def forward(self, img):
        z = F.relu(self.stem(img))
        for i, conv in enumerate(self.convs):
            z = F.relu(conv(z))
            if i == 2:
                z = F.max_pool2d(z, 2)
        return self.fc(z.mean(dim=(2, 3)))
