"""Count coins on a tray (0..3)."""
import json

import torch
import torch.nn as nn
import torch.nn.functional as F

HPARAMS = dict(lr=0.5, momentum=0.9, batch=32, epochs=6, channels=[1, 8, 16, 16])


def trays(n, gen):
    yy, xx = torch.meshgrid(torch.arange(14.0), torch.arange(14.0), indexing="ij")
    img, y = torch.zeros(n, 1, 14, 14), torch.randint(0, 4, (n,), generator=gen)
    for k in range(3):
        cx, cy = (torch.rand(2, n, 1, 1, generator=gen) * 10 + 2)
        disc = (((xx - cx) ** 2 + (yy - cy) ** 2) < 4).float()
        img[:, 0] += disc * (y > k).float().view(n, 1, 1)
    return img + 0.1 * torch.randn(n, 1, 14, 14, generator=gen), y


class CoinNet(nn.Module):
    def __init__(self, ch):
        super().__init__()
        self.conv1 = nn.Conv2d(ch[0], ch[1], 3, padding=1)
        self.conv2 = nn.Conv2d(ch[1], ch[2], 3, padding=1)
        self.conv3 = nn.Conv2d(ch[2], ch[3], 3, padding=1)
        self.fc1 = nn.Linear(ch[3] * 9, 64)
        self.fc2 = nn.Linear(64, 4)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.conv3(x))
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


gen = torch.Generator().manual_seed(6)
torch.manual_seed(6)
x, y = trays(1000, gen)
xt, yt = trays(300, gen)
net = CoinNet(HPARAMS["channels"])
opt = torch.optim.SGD(net.parameters(), lr=HPARAMS["lr"], momentum=HPARAMS["momentum"])
step = 0
for epoch in range(HPARAMS["epochs"]):
    for i in torch.randperm(1000).split(HPARAMS["batch"]):
        out = F.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        out.backward()
        if step % 8 == 0:
            print(f"step {step} epoch {epoch} loss {out.item():.4f}")
            for name, p in net.named_parameters():
                print(f"  {name}: {p.grad.norm().item():.6f}")
        opt.step()
        step += 1
with torch.no_grad():
    acc = (net(xt).argmax(1) == yt).float().mean().item()
print("RESULT", json.dumps({"metric": "test_acc", "value": acc}))
