"""Growth rate of a yeast culture from medium, temperature and acidity (simulated plate reader)."""
import argparse
import json

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


def plate_reader(n):
    temp = 15 + 25 * torch.rand(n)
    ph = 3 + 5 * torch.rand(n)
    sugar = 10 * torch.rand(n)
    salt = 2 * torch.rand(n)
    growth = torch.exp(-((temp - 30) / 6) ** 2) * torch.exp(-((ph - 5.5) / 1.4) ** 2) * sugar / (1.5 + sugar) * (1 - 0.3 * salt)
    x = torch.stack([(temp - 27.5) / 7.2, (ph - 5.5) / 1.44, (sugar - 5) / 2.9, (salt - 1) / 0.58], 1)
    return x, (5 * growth + 0.02 * torch.randn(n)).unsqueeze(1)


class GrowthNet(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(),
                                  nn.Linear(width, width), nn.SiLU())
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.body(x))


def options():
    ap = argparse.ArgumentParser()
    ap.add_argument("--epochs", type=int, default=15)
    ap.add_argument("--width", type=int, default=48)
    ap.add_argument("--lr", type=float, default=5e-3)
    ap.add_argument("--gamma", type=float, default=0.85)
    ap.add_argument("--batch", type=int, default=40)
    return ap.parse_args()


def r2(net, dataset):
    x, y = (torch.stack(t) for t in zip(*dataset))
    with torch.no_grad():
        return 1 - ((net(x) - y).pow(2).mean() / y.var(unbiased=False)).item()


def main():
    opt = options()
    torch.manual_seed(52)
    data = TensorDataset(*plate_reader(1500))
    train, val = random_split(data, [1200, 300])
    loader = DataLoader(train, batch_size=opt.batch, shuffle=True)
    net = GrowthNet(opt.width)
    optimizer = torch.optim.Adam(net.parameters(), lr=opt.lr)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=opt.gamma)
    for epoch in range(opt.epochs):
        for i, (x, y) in enumerate(loader):
            loss = nn.functional.mse_loss(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            total = torch.norm(torch.stack([p.grad.norm() for p in net.parameters()])).item()
            rate = optimizer.param_groups[0]["lr"]
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            if (i + 1) % 5 == 0:
                print("Epoch [%d/%d], Step [%d/%d], Loss: %.4f, grad_norm: %.4f, lr: %.2e"
                      % (epoch + 1, opt.epochs, i + 1, len(loader), loss.item(), total, rate))
    print("RESULT " + json.dumps({"metric": "val_r2", "value": round(r2(net, val), 4)}))


if __name__ == "__main__":
    main()
