import csv
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

BLOCKS = 26
CHANNELS = 12
STEPS = 150
BATCH = 24


def conv3(cin, cout):
    layer = nn.Conv2d(cin, cout, 3, padding=1)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
    return layer


class Block(nn.Module):
    def __init__(self, ch):
        super().__init__()
        self.a = conv3(ch, ch)
        self.b = conv3(ch, ch)

    def forward(self, x):
        return x + self.b(F.relu(self.a(x)))


class BlobCounter(nn.Module):
    """Counts Gaussian blobs in a 12x12 picture (1 to 4)."""

    def __init__(self):
        super().__init__()
        self.stem = conv3(1, CHANNELS)
        self.blocks = nn.ModuleList([Block(CHANNELS) for _ in range(BLOCKS)])
        self.fc = nn.Linear(CHANNELS, 4)

    def forward(self, img):
        x = self.stem(img)
        for i, blk in enumerate(self.blocks):
            x = blk(x)
            if i == 3:
                x = F.avg_pool2d(x, 2)
        return self.fc(x.mean(dim=(2, 3)))


def blobs(n, g):
    yy, xx = torch.meshgrid(torch.arange(12.0), torch.arange(12.0), indexing="ij")
    count = torch.randint(1, 5, (n,), generator=g)
    img = torch.zeros(n, 12, 12)
    slots = torch.tensor([[2.5, 2.5], [2.5, 8.5], [8.5, 2.5], [8.5, 8.5]])
    for i in range(n):
        for s in torch.randperm(4, generator=g)[:count[i]]:
            c = slots[s] + 0.8 * torch.randn(2, generator=g)
            img[i] += torch.exp(-((yy - c[0]) ** 2 + (xx - c[1]) ** 2) / 3.0)
    return (img + 0.03 * torch.randn(n, 12, 12, generator=g)).unsqueeze(1), count - 1


def fit(model, x, y, path="layer_norms.csv"):
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    tracked = [(n, p) for n, p in model.named_parameters() if n.endswith("weight")]
    with open(path, "w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(["step", "loss", "grad_norm"] + [n for n, _ in tracked])
        for step in range(STEPS):
            idx = torch.randint(0, len(x), (BATCH,))
            loss = F.cross_entropy(model(x[idx]), y[idx])
            opt.zero_grad()
            loss.backward()
            norms = [p.grad.norm().item() for _, p in tracked]
            total = math.sqrt(sum(v * v for v in norms))
            if step % 3 == 0:
                writer.writerow([step, f"{loss.item():.6g}", f"{total:.6g}"] + [f"{v:.6g}" for v in norms])
            opt.step()


def main():
    torch.manual_seed(5)
    g = torch.Generator().manual_seed(55)
    x, y = blobs(600, g)
    xt, yt = blobs(200, g)
    model = BlobCounter()
    fit(model, x, y)
    model.eval()
    with torch.no_grad():
        acc = (model(xt).argmax(1) == yt).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
