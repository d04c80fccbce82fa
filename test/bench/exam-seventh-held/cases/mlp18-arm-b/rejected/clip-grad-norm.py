"""Forward kinematics of a three-joint planar arm: joint angles in, gripper position out."""
import argparse
import json
from collections import OrderedDict

import torch
import torch.nn as nn


def get_args():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--n-blocks", type=int, default=18)
    ap.add_argument("--width", type=int, default=40)
    ap.add_argument("--lr", type=float, default=0.02)
    ap.add_argument("--epochs", type=int, default=12)
    ap.add_argument("--bs", type=int, default=50)
    ap.add_argument("--seed", type=int, default=90)
    return ap.parse_args()


def linear_relu(n_in, n_out):
    return nn.Sequential(OrderedDict([("lin", nn.Linear(n_in, n_out)), ("act", nn.ReLU())]))


class ArmModel(nn.Module):
    def __init__(self, width, n_blocks):
        super().__init__()
        self.trunk = nn.Sequential()
        for k in range(n_blocks):
            self.trunk.add_module(f"b{k:02d}", linear_relu(3 if k == 0 else width, width))
        self.xy = nn.Linear(width, 2)

    def forward(self, angles):
        return self.xy(self.trunk(angles))


def arm_positions(n, gen):
    q = (torch.rand(n, 3, generator=gen) - 0.5) * 3.0
    links = (1.0, 0.8, 0.5)
    pos = torch.zeros(n, 2)
    for j, length in enumerate(links):
        a = q[:, :j + 1].sum(1)
        pos = pos + length * torch.stack([a.cos(), a.sin()], 1)
    return q, pos


def evaluate(model, q, pos):
    with torch.no_grad():
        return ((model(q) - pos).pow(2).sum() / (pos - pos.mean(0)).pow(2).sum()).item()


def main():
    args = get_args()
    torch.manual_seed(args.seed)
    gen = torch.Generator().manual_seed(args.seed + 1)
    q, pos = arm_positions(2000, gen)
    q_val, pos_val = arm_positions(500, gen)
    model = ArmModel(args.width, args.n_blocks)
    sgd = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9, nesterov=True)
    iteration = 0
    for epoch in range(args.epochs):
        for rows in torch.randperm(len(q)).split(args.bs):
            sgd.zero_grad()
            loss = nn.functional.mse_loss(model(q[rows]), pos[rows])
            loss.backward()
            if iteration % 8 == 0:
                line = {"iteration": iteration, "epoch": epoch, "loss": round(loss.item(), 6)}
                for name, p in model.named_parameters():
                    if name.endswith(".weight"):
                        line["gradients/" + name] = float("%.4g" % p.grad.norm().item())
                print(json.dumps(line))
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            sgd.step()
            iteration += 1
    print("RESULT " + json.dumps({"metric": "relative_error", "value": round(evaluate(model, q_val, pos_val), 5)}))


if __name__ == "__main__":
    main()
