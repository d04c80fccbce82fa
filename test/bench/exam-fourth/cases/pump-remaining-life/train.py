"""Remaining useful life of pumps from vibration features."""
import json
import torch
import torch.nn as nn
from torch.utils.data import Dataset, DataLoader


class PumpDataset(Dataset):
    def __init__(self, n, seed):
        g = torch.Generator().manual_seed(seed)
        self.x = torch.randn(n, 12, generator=g)
        wear = 0.9 * self.x[:, 0] + 0.7 * self.x[:, 1] * self.x[:, 2] - 0.5 * self.x[:, 3].abs() + 0.4 * torch.sin(3 * self.x[:, 4])
        self.life = -wear + 0.1 * torch.randn(n, generator=g)

    def __len__(self):
        return self.x.size(0)

    def __getitem__(self, i):
        return self.x[i], self.life[i]


class LifeNet(nn.Module):
    def __init__(self, n_in=12, hidden=64):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_in, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, x):
        return self.net(x)


def mse(pred, target):
    return ((pred - target) ** 2).mean()


class Trainer:
    def __init__(self, net, lr=2e-3, epochs=14):
        self.net, self.epochs = net, epochs
        self.opt = torch.optim.Adam(net.parameters(), lr=lr)

    def fit(self, loader):
        for epoch in range(1, self.epochs + 1):
            loss_sum, norm_sum = 0.0, {}
            for x, life in loader:
                loss = mse(self.net(x), life)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
                loss_sum += loss.item()
                for n, p in self.net.named_parameters():
                    norm_sum[n] = norm_sum.get(n, 0.0) + p.grad.norm().item()
            k = len(loader)
            print(f"Epoch {epoch}/{self.epochs} - loss: {loss_sum / k:.4f}")
            for n, v in norm_sum.items():
                print(f"  avg grad norm {n}: {v / k:.5f}")


torch.manual_seed(20)
train_set, test_set = PumpDataset(4000, 1), PumpDataset(1000, 2)
net = LifeNet()
Trainer(net).fit(DataLoader(train_set, batch_size=50, shuffle=True))
with torch.no_grad():
    pred = net(test_set.x).flatten()
r2 = 1 - ((pred - test_set.life) ** 2).mean().item() / test_set.life.var().item()
print("RESULT " + json.dumps({"metric": "r2", "value": round(r2, 4)}))
