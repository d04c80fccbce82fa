"""LSTM that adds marked numbers; the sequences get longer in four stages."""
import argparse
import json

import torch
import torch.nn as nn


def problem(n, length):
    values = torch.rand(n, length)
    marks = torch.zeros(n, length)
    first = torch.randint(0, length // 2, (n,))
    second = torch.randint(length // 2, length, (n,))
    marks[torch.arange(n), first] = 1
    marks[torch.arange(n), second] = 1
    target = (values * marks).sum(1) * 2 - 2
    return torch.stack([values, marks], -1), target


class Adder(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.lstm = nn.LSTM(2, hidden, batch_first=True)
        self.readout = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.readout(self.lstm(x)[0][:, -1]).squeeze(-1)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--hidden", type=int, default=40)
    ap.add_argument("--stages", type=int, nargs="+", default=[6, 10, 16, 24])
    ap.add_argument("--steps-per-stage", type=int, default=260)
    ap.add_argument("--lr", type=float, default=6e-3)
    args = ap.parse_args()
    torch.manual_seed(101)
    model = Adder(args.hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    step = 0
    for stage, length in enumerate(args.stages):
        print(f"--- stage {stage}: length {length} ---")
        for _ in range(args.steps_per_stage):
            x, t = problem(64, length)
            loss = nn.functional.mse_loss(model(x), t)
            optimizer.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            if step % 10 == 0:
                print(f"step: {step:5d}  loss: {loss.item():.6f}  gradient norm: {norm.item():.6f}")
            step += 1
    x, t = problem(1000, args.stages[-1])
    with torch.no_grad():
        rel = (nn.functional.mse_loss(model(x), t) / t.var()).item()
    print("RESULT " + json.dumps({"metric": "relative_mse", "value": round(rel, 5)}))


if __name__ == "__main__":
    main()
