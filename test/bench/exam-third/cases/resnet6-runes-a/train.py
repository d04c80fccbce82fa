import json
import torch
import torch.nn as nn
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts

torch.manual_seed(88)


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.f = nn.Sequential(nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c), nn.ReLU(),
                               nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c))

    def forward(self, x):
        return torch.relu(x + self.f(x))


def runes(n, glyphs):
    y = torch.randint(0, len(glyphs), (n,))
    flip = (torch.rand(n, 1, 10, 10) < 0.13).float()
    return (glyphs[y] - flip).abs(), y


glyphs = (torch.rand(10, 1, 10, 10) < 0.4).float()
x, y = runes(640, glyphs)
xt, yt = runes(400, glyphs)
net = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), Block(12), nn.MaxPool2d(2), Block(12), nn.Flatten(), nn.Linear(300, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9, weight_decay=5e-4)
restart = CosineAnnealingWarmRestarts(opt, T_0=6)
for epoch in range(18):
    net.train()
    running = 0.0
    for k, idx in enumerate(torch.randperm(640).split(40)):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[idx]), y[idx])
        loss.backward()
        opt.step()
        restart.step(epoch + k / 16)
        running += loss.item()
        if k % 4 == 3:
            print(f"epoch {epoch + 1}/18 batch {k + 1}/16 loss {running / 4:.4f} lr {opt.param_groups[0]['lr']:.4f}")
            running = 0.0
    net.eval()
    with torch.no_grad():
        out = net(xt)
    print(f"epoch {epoch + 1}/18 val loss {nn.functional.cross_entropy(out, yt):.4f} val acc {(out.argmax(1) == yt).float().mean():.4f}")
print("RESULT", json.dumps({"metric": "val_acc", "value": (out.argmax(1) == yt).float().mean().item()}))
