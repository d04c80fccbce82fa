"""Continue a gait signal: predict the next sample of a joint angle."""
import argparse
import json
import math

import torch
from torch import nn

from data import gait
from model import GaitRNN


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.05)
    parser.add_argument("--max-grad-norm", type=float, default=1.0)
    parser.add_argument("--steps", type=int, default=400)
    args = parser.parse_args()

    torch.manual_seed(30)
    gen = torch.Generator().manual_seed(31)
    model = GaitRNN()
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)
    for step in range(args.steps):
        x, target = gait(24, 20, gen)
        loss = (model(x) - target).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        norm = nn.utils.clip_grad_norm_(model.parameters(), args.max_grad_norm)
        if step % 2 == 0:
            print(f"{step:5d}/{args.steps}  loss {loss.item():.6f}  norm {norm.item():.5f}  lr {args.lr:.3f}")

    x, target = gait(500, 20, gen, glitches=False)
    with torch.no_grad():
        mse = (model(x) - target).pow(2).mean().item()
    print("RESULT " + json.dumps({"metric": "clean_mse", "value": mse if math.isfinite(mse) else None}))


if __name__ == "__main__":
    main()
