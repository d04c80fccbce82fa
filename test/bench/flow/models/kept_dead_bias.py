# bench: class=CountNet input=randn:64,16 loss=mse
import torch
import torch.nn as nn


class CountNet(nn.Module):
    def __init__(self, dim=16, width=64):
        super().__init__()
        self.fc1 = nn.Linear(dim, width)
        self.fc2 = nn.Linear(width, width)
        self.fc3 = nn.Linear(width, width)
        self.out = nn.Linear(width, 1)
        for fc in (self.fc1, self.fc2, self.fc3):
            nn.init.kaiming_normal_(fc.weight, nonlinearity='relu')
            nn.init.constant_(fc.bias, -1.0)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        x = torch.relu(self.fc3(x))
        return self.out(x)
