# bench: class=Discriminator input=randn:16,3,32,32 loss=bce
import torch
import torch.nn as nn
from torch.nn.utils import spectral_norm

CHANNELS = 3
leak = 0.1
w_g = 4


class Discriminator(nn.Module):
    def __init__(self):
        super(Discriminator, self).__init__()
        self.conv1 = spectral_norm(nn.Conv2d(CHANNELS, 16, 3, stride=1, padding=(1, 1)))
        self.conv2 = spectral_norm(nn.Conv2d(16, 16, 4, stride=2, padding=(1, 1)))
        self.conv3 = spectral_norm(nn.Conv2d(16, 32, 3, stride=1, padding=(1, 1)))
        self.conv4 = spectral_norm(nn.Conv2d(32, 32, 4, stride=2, padding=(1, 1)))
        self.conv5 = spectral_norm(nn.Conv2d(32, 64, 3, stride=1, padding=(1, 1)))
        self.conv6 = spectral_norm(nn.Conv2d(64, 64, 4, stride=2, padding=(1, 1)))
        self.fc = spectral_norm(nn.Linear(w_g * w_g * 64, 1))

    def forward(self, x):
        m = x
        m = nn.LeakyReLU(leak)(self.conv1(m))
        m = nn.LeakyReLU(leak)(self.conv2(m))
        m = nn.LeakyReLU(leak)(self.conv3(m))
        m = nn.LeakyReLU(leak)(self.conv4(m))
        m = nn.LeakyReLU(leak)(self.conv5(m))
        m = nn.LeakyReLU(leak)(self.conv6(m))
        return self.fc(m.view(-1, w_g * w_g * 64))
