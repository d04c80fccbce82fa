# bench: class=CellNet input=randn:32,20,16 loss=ce
import torch
import torch.nn as nn


class CellNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(16, 32)
        self.fc = nn.Linear(32, 7)

    def forward(self, x):
        h = torch.zeros(x.shape[0], 32)
        outs = []
        for t in range(x.shape[1]):
            h = self.cell(x[:, t], h)
            outs.append(h)
        return self.fc(torch.stack(outs, dim=1))
