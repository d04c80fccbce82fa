import argparse
import json
import math
import os

import torch
import torch.nn as nn


def parse_args():
    p = argparse.ArgumentParser(description="inverse dynamics of a two-link arm")
    p.add_argument("--depth", type=int, default=20, help="number of residual blocks")
    p.add_argument("--width", type=int, default=48)
    p.add_argument("--iters", type=int, default=250)
    p.add_argument("--bs", type=int, default=64)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--seed", type=int, default=11)
    p.add_argument("--out", default="metrics.jsonl")
    return p.parse_args()


def sample_arm(n):
    q = (torch.rand(n, 2) - 0.5) * math.pi
    dq = torch.randn(n, 2)
    ddq = torch.randn(n, 2)
    c2, s2 = q[:, 1].cos(), q[:, 1].sin()
    m11 = 1.5 + c2
    m12 = 0.4 + 0.5 * c2
    t1 = m11 * ddq[:, 0] + m12 * ddq[:, 1] - 0.5 * s2 * (2 * dq[:, 0] * dq[:, 1] + dq[:, 1] ** 2) + 2.0 * q[:, 0].cos()
    t2 = m12 * ddq[:, 0] + 0.4 * ddq[:, 1] + 0.5 * s2 * dq[:, 0] ** 2 + 0.8 * (q[:, 0] + q[:, 1]).cos()
    tau = torch.stack([t1, t2], 1)
    return torch.cat([q, dq, ddq], 1), (tau - torch.tensor([1.3, 0.5])) / torch.tensor([2.4, 1.1])


class ResBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv_a = nn.Linear(width, width)
        self.conv_b = nn.Linear(width, width)
        self.act = nn.LeakyReLU(0.1)

    def forward(self, x):
        return x + self.act(self.conv_b(self.act(self.conv_a(x))))


class TorqueNet(nn.Module):
    def __init__(self, depth, width):
        super().__init__()
        self.stem = nn.Linear(6, width)
        self.trunk = nn.Sequential(*[ResBlock(width) for _ in range(depth)])
        self.head = nn.Linear(width, 2)
        self.apply(self._init)

    @staticmethod
    def _init(m):
        if isinstance(m, nn.Linear):
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
            nn.init.zeros_(m.bias)

    def forward(self, x):
        return self.head(self.trunk(self.stem(x)))


def grad_tree(model):
    tree = {"stem": model.stem.weight.grad.norm().item(), "head": model.head.weight.grad.norm().item(), "trunk": {}}
    for i, blk in enumerate(model.trunk):
        tree["trunk"][str(i)] = {"conv_a": blk.conv_a.weight.grad.norm().item(), "conv_b": blk.conv_b.weight.grad.norm().item()}
    return tree


def main():
    args = parse_args()
    torch.manual_seed(args.seed)
    model = TorqueNet(args.depth, args.width)
    opt = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=1e-4)
    xv, yv = sample_arm(1000)

    if os.path.exists(args.out):
        os.remove(args.out)
    for it in range(1, args.iters + 1):
        x, y = sample_arm(args.bs)
        opt.zero_grad(set_to_none=True)
        loss = (model(x) - y).square().mean()
        loss.backward()
        if it == 1 or it % 5 == 0:
            with open(args.out, "a") as fh:
                fh.write(json.dumps({"iteration": it, "train": {"loss": loss.item()}, "grad_norm": grad_tree(model)}) + "\n")
        opt.step()

    model.eval()
    with torch.no_grad():
        mse = (model(xv) - yv).square().mean().item()
    print("validation mse", mse)
    print("RESULT " + json.dumps({"metric": "val_mse", "value": mse if math.isfinite(mse) else None}))


if __name__ == "__main__":
    main()
