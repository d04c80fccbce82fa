import argparse
import json
import logging
import math
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

log = logging.getLogger("texture")


def gratings(n, size=20):
    """Oriented gratings, four directions, with a random phase and pixel noise."""
    yy, xx = torch.meshgrid(torch.arange(size).float(), torch.arange(size).float(), indexing="ij")
    label = torch.randint(0, 4, (n,))
    angle = label.float() * math.pi / 4 + 0.1 * torch.randn(n)
    phase = 2 * math.pi * torch.rand(n)
    wave = torch.sin(0.9 * (torch.cos(angle)[:, None, None] * xx + torch.sin(angle)[:, None, None] * yy) + phase[:, None, None])
    return (wave + 0.5 * torch.randn(n, size, size)).unsqueeze(1), label


class PlainNet(nn.Module):
    """VGG style: stacks of 3x3 convolutions, pooling in between."""

    def __init__(self, plan=(12, 12, 12, "M", 24, 24, 24, "M", 32, 32), classes=4):
        super().__init__()
        mods, c = [], 1
        for item in plan:
            if item == "M":
                mods.append(nn.MaxPool2d(2))
            else:
                mods.append(nn.Conv2d(c, item, 3, padding=1))
                mods.append(nn.ReLU(inplace=True))
                c = item
        self.features = nn.Sequential(*mods)
        self.classifier = nn.Linear(c, classes)
        self._initialize_weights()

    def _initialize_weights(self):
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.normal_(m.weight, 0, 0.01)
                nn.init.zeros_(m.bias)
            elif isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, 0, 0.01)
                nn.init.zeros_(m.bias)

    def forward(self, x):
        x = self.features(x)
        return self.classifier(x.mean(dim=(2, 3)))


def parse():
    ap = argparse.ArgumentParser()
    ap.add_argument("--steps", type=int, default=260)
    ap.add_argument("--batch", type=int, default=32)
    ap.add_argument("--lr", type=float, default=0.02)
    ap.add_argument("--log-every", type=int, default=10)
    return ap.parse_args()


if __name__ == "__main__":
    args = parse()
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
    torch.manual_seed(3)
    net = PlainNet()
    log.info("parameters: %d", sum(p.numel() for p in net.parameters()))
    opt = torch.optim.SGD(net.parameters(), lr=args.lr, momentum=0.9)
    for step in range(args.steps):
        x, y = gratings(args.batch)
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        if step % args.log_every == 0:
            gn = {n: p.grad.norm().item() for n, p in net.named_parameters() if "weight" in n}
            log.info("step %d loss %.5f | grad %s", step, loss.item(), " ".join(f"{k}={v:.2e}" for k, v in gn.items()))
        opt.step()
    x, y = gratings(500)
    with torch.no_grad():
        acc = (net(x).argmax(1) == y).float().mean().item()
    log.info("test accuracy %.3f", acc)
    print("RESULT", json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))
