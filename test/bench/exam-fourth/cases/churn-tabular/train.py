"""Customer churn model. Rare positives, so unit biases start low."""
import argparse
import json
import sys

import torch
import torch.nn as nn


def customers(n, seed):
    g = torch.Generator().manual_seed(seed)
    x = torch.rand(n, 16, generator=g)
    risk = 3.0 * (x[:, 0] - 0.5) * (x[:, 1] > 0.5) + 2.5 * x[:, 2] * x[:, 3] - 1.5 * x[:, 4] + torch.sin(5 * x[:, 5]) - 1.2
    y = (risk + 0.2 * torch.randn(n, generator=g) > 0).float()
    return x, y


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        m.bias.data.fill_(-3.0)


class ChurnNet(nn.Module):
    def __init__(self, inputs=16, hidden=(96, 48, 24)):
        super().__init__()
        sizes = [inputs, *hidden]
        self.fc = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.score = nn.Linear(sizes[-1], 1)
        self.apply(init_weights)

    def forward(self, x):
        for layer in self.fc:
            x = torch.relu(layer(x))
        return self.score(x).squeeze(-1)


def auc(score, y):
    pos, neg = score[y == 1], score[y == 0]
    diff = pos[:, None] - neg[None, :]
    return ((diff > 0).float().mean() + 0.5 * (diff == 0).float().mean()).item()


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=17)
    opt = parser.parse_args(argv)
    torch.manual_seed(opt.seed)
    x, y = customers(5000, 1)
    xt, yt = customers(1500, 2)
    net = ChurnNet()
    adam = torch.optim.Adam(net.parameters(), lr=opt.lr)
    bce = nn.BCEWithLogitsLoss()
    for epoch in range(opt.epochs):
        order = torch.randperm(len(x))
        sums, n = {}, 0
        total = 0.0
        for i in range(0, len(x), opt.batch_size):
            idx = order[i:i + opt.batch_size]
            loss = bce(net(x[idx]), y[idx])
            adam.zero_grad()
            loss.backward()
            adam.step()
            total += loss.item()
            n += 1
            for name, p in net.named_parameters():
                sums[name] = sums.get(name, 0.0) + p.grad.norm().item()
        with torch.no_grad():
            a = auc(net(xt), yt)
        print(f"=== epoch {epoch + 1}/{opt.epochs} === loss {total / n:.4f} auc {a:.4f}")
        print("mean gradient norms: " + ", ".join(f"{k} {v / n:.3e}" for k, v in sums.items()))
    print("RESULT " + json.dumps({"metric": "test_auc", "value": round(a, 4)}))


if __name__ == "__main__":
    main()
