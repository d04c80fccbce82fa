"""Node classification on a planted-partition graph.

Usage: python train.py [--depth 10] [--epochs 150]
"""
import argparse
import json

import torch
import torch.nn as nn
import torch.nn.functional as F


class GraphConv(nn.Module):
    """A_hat X W, with A_hat the symmetrically normalised adjacency (Kipf & Welling)."""

    def __init__(self, d_in, d_out):
        super().__init__()
        self.lin = nn.Linear(d_in, d_out)
        nn.init.kaiming_normal_(self.lin.weight, nonlinearity="relu")

    def forward(self, a_hat, h):
        return a_hat @ self.lin(h)


class GCN(nn.Module):
    def __init__(self, d_in, d_hid, n_cls, depth):
        super().__init__()
        widths = [d_in] + [d_hid] * (depth - 1)
        self.convs = nn.ModuleList([GraphConv(i, o) for i, o in zip(widths[:-1], widths[1:])])
        self.out = GraphConv(d_hid, n_cls)

    def forward(self, a_hat, h):
        for conv in self.convs:
            h = F.relu(conv(a_hat, h))
        return self.out(a_hat, h)


def planted_partition(n_per, k, p_in, p_out, d, g):
    n = n_per * k
    y = torch.arange(k).repeat_interleave(n_per)
    same = (y[:, None] == y[None, :]).float()
    prob = same * p_in + (1 - same) * p_out
    upper = torch.triu((torch.rand(n, n, generator=g) < prob).float(), diagonal=1)
    a = upper + upper.T + torch.eye(n)
    inv = a.sum(1).rsqrt()
    centres = torch.randn(k, d, generator=g)
    x = centres[y] + 1.5 * torch.randn(n, d, generator=g)
    return inv[:, None] * a * inv[None, :], x, y


def parse():
    ap = argparse.ArgumentParser()
    ap.add_argument("--depth", type=int, default=10)
    ap.add_argument("--hidden", type=int, default=32)
    ap.add_argument("--epochs", type=int, default=150)
    ap.add_argument("--lr", type=float, default=0.05)
    ap.add_argument("--out", default="gcn_metrics.jsonl")
    ap.add_argument("--seed", type=int, default=5)
    return ap.parse_args()


def main(args):
    torch.manual_seed(args.seed)
    g = torch.Generator().manual_seed(args.seed)
    a_hat, x, y = planted_partition(80, 5, 0.10, 0.004, 16, g)
    order = torch.randperm(len(y), generator=g)
    train, test = order[:120], order[120:]

    model = GCN(x.shape[1], args.hidden, 5, args.depth)
    optim = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9, weight_decay=5e-4)

    with open(args.out, "w") as out:
        for epoch in range(args.epochs):
            model.train()
            logits = model(a_hat, x)
            loss = F.cross_entropy(logits[train], y[train])
            optim.zero_grad()
            loss.backward()
            row = {"epoch": epoch, "train/loss": round(loss.item(), 6)}
            for name, p in model.named_parameters():
                if name.endswith("weight"):
                    row[f"gnorm/{name}"] = float(f"{p.grad.norm().item():.4e}")
            out.write(json.dumps(row) + "\n")
            optim.step()

    model.eval()
    with torch.no_grad():
        acc = (model(a_hat, x)[test].argmax(1) == y[test]).float().mean().item()
    print("RESULT", json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main(parse())
