"""Tell four families of electrical pulses apart from a 64-sample trace."""
import argparse
import json

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

FAMILIES = ("square", "ramp", "decay", "double")


def make_traces(n, gen):
    t = torch.arange(64).float().unsqueeze(0)
    label = torch.randint(0, 4, (n,), generator=gen)
    start = torch.randint(6, 24, (n, 1), generator=gen).float()
    width = torch.randint(14, 26, (n, 1), generator=gen).float()
    inside = ((t >= start) & (t < start + width)).float()
    phase = ((t - start) / width).clamp(0, 1)
    shapes = torch.stack([inside,
                          inside * phase,
                          inside * torch.exp(-3.0 * phase),
                          inside * ((phase < 0.35) | (phase > 0.65)).float()])
    x = shapes[label, torch.arange(n)]
    x = x * (0.7 + 0.6 * torch.rand(n, 1, generator=gen)) + 0.05 * torch.randn(n, 64, generator=gen)
    return x.unsqueeze(1), label


def build_net(depth, channels, n_out):
    layers = []
    prev = 1
    for i in range(depth):
        layers += [nn.Conv1d(prev, channels, kernel_size=5, padding=2, stride=2 if i in (2, 5) else 1),
                   nn.Sigmoid()]
        prev = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool1d(4), nn.Flatten(), nn.Linear(channels * 4, n_out))


def norms_by_layer(net):
    table = {}
    for idx, module in enumerate(net):
        if isinstance(module, (nn.Conv1d, nn.Linear)):
            table[str(idx)] = {k: round(p.grad.norm().item(), 12) for k, p in module.named_parameters()}
    return table


@torch.no_grad()
def accuracy(net, loader):
    net.eval()
    good = sum((net(x).argmax(1) == y).sum().item() for x, y in loader)
    net.train()
    return good / len(loader.dataset)


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("--depth", type=int, default=9)
    p.add_argument("--channels", type=int, default=16)
    p.add_argument("--epochs", type=int, default=14)
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--out", default="pulses.jsonl")
    return p.parse_args()


def main():
    args = parse()
    torch.manual_seed(31)
    gen = torch.Generator().manual_seed(8)
    train = DataLoader(TensorDataset(*make_traces(960, gen)), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(*make_traces(320, gen)), batch_size=160)
    net = build_net(args.depth, args.channels, len(FAMILIES))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=args.lr)
    n = 0
    with open(args.out, "w") as fh:
        for epoch in range(args.epochs):
            for x, y in train:
                optimizer.zero_grad()
                loss = criterion(net(x), y)
                loss.backward()
                n += 1
                if n % 6 == 0:
                    fh.write(json.dumps({"step": n, "epoch": epoch, "loss": loss.item(),
                                         "grad_norms": {"layers": norms_by_layer(net)}}) + "\n")
                optimizer.step()
    acc = accuracy(net, test)
    print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
