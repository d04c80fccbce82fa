# bench: class=Net input=randn:16,3,32,32 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        ch = 16
        self.c1 = nn.Conv2d(3, ch, 3, padding=1)
        for i in range(2, 13):
            setattr(self, 'c%d' % i, nn.Conv2d(ch, ch, 3, padding=1))
        self.fc = nn.Linear(ch * 4 * 4, 10)
        for n, p in self.named_parameters():
            if 'weight' in n:
                p.data = torch.randn_like(p) * 0.05
            else:
                p.data.zero_()

    def forward(self, x):
        for i in range(1, 13):
            x = torch.tanh(getattr(self, f'c{i}')(x))
            if i % 4 == 0:
                x = F.max_pool2d(x, 2)
        x = x.view(-1, 16 * 4 * 4)
        return self.fc(x)
