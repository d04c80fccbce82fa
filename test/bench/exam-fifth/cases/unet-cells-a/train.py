"""Cell segmentation with a two-level U-Net; pixel losses are summed."""
import json

import torch
import torch.nn as nn
import torch.nn.functional as F


def conv(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True))


class UNet(nn.Module):
    def __init__(self, c=8):
        super().__init__()
        self.down1, self.down2 = conv(1, c), conv(c, 2 * c)
        self.bottom = conv(2 * c, 2 * c)
        self.up2, self.up1 = conv(4 * c, c), conv(2 * c, c)
        self.final = nn.Conv2d(c, 1, 1)

    def forward(self, x):
        d1 = self.down1(x)
        d2 = self.down2(F.max_pool2d(d1, 2))
        b = self.bottom(F.max_pool2d(d2, 2))
        u2 = self.up2(torch.cat([F.interpolate(b, scale_factor=2.0), d2], 1))
        u1 = self.up1(torch.cat([F.interpolate(u2, scale_factor=2.0), d1], 1))
        return self.final(u1)


def plates(n, s=24):
    yy, xx = torch.meshgrid(torch.arange(s), torch.arange(s), indexing="ij")
    mask = torch.zeros(n, s, s)
    for k in range(3):
        cx, cy, r = torch.randint(4, s - 4, (n, 1, 1)), torch.randint(4, s - 4, (n, 1, 1)), 2 + 3 * torch.rand(n, 1, 1)
        mask = torch.maximum(mask, (((xx - cx) ** 2 + (yy - cy) ** 2).float() < r ** 2).float())
    img = mask + 0.8 * torch.randn(n, s, s) + 0.5 * torch.randn(n, 1, 1)
    return img.unsqueeze(1), mask.unsqueeze(1)


def dice(logit, m):
    p = (logit > 0).float()
    return (2 * (p * m).sum() / (p.sum() + m.sum())).item()


torch.manual_seed(99)
net = UNet()
criterion = nn.BCEWithLogitsLoss(reduction="sum")
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for i in range(160):
    img, mask = plates(16)
    out = net(img)
    loss = criterion(out, mask)
    optimizer.zero_grad()
    loss.backward()
    if i % 5 == 0:
        layer = {n: m for n, m in net.named_children()}
        line = ", ".join(f"{n}={torch.cat([p.grad.flatten() for p in m.parameters()]).norm():.1f}" for n, m in layer.items())
        print(f"iteration {i}: loss {loss.item():.1f} dice {dice(out, mask):.3f} gradient norms: {line}")
    optimizer.step()

net.eval()
with torch.no_grad():
    img, mask = plates(100)
    d = dice(net(img), mask)
print("RESULT " + json.dumps({"metric": "dice", "value": round(d, 4)}))
