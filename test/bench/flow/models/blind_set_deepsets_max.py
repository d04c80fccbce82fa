# bench: class=PointCloudNet input=randn:16,3,64 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class PointCloudNet(nn.Module):
    def __init__(self, k=8):
        super().__init__()
        self.mlp1 = nn.Conv1d(3, 32, 1)
        self.mlp2 = nn.Conv1d(32, 64, 1)
        self.mlp3 = nn.Conv1d(64, 128, 1)
        self.bns = nn.ModuleList([nn.BatchNorm1d(c) for c in (32, 64, 128)])
        self.fc1 = nn.Linear(128, 64)
        self.fc2 = nn.Linear(64, k)
        self.bn4 = nn.BatchNorm1d(64)

    def forward(self, pts):
        x = pts
        for conv, bn in zip([self.mlp1, self.mlp2, self.mlp3], self.bns):
            x = F.relu(bn(conv(x)))
        x, _ = torch.max(x, 2, keepdim=False)
        x = F.relu(self.bn4(self.fc1(x)))
        return self.fc2(F.dropout(x, p=0.3))
