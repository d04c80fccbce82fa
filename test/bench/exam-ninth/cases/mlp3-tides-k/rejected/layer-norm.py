#!/usr/bin/env python3
import argparse, json, math, time
import torch
from torch import nn

def parse():
    ap = argparse.ArgumentParser(description="tide level, six steps ahead")
    ap.add_argument("--train-iters", type=int, default=500)
    ap.add_argument("--warmup-iters", type=int, default=8)
    ap.add_argument("--lr", type=float, default=1e-2)
    ap.add_argument("--micro-batch-size", type=int, default=32)
    ap.add_argument("--seq-length", type=int, default=16)
    ap.add_argument("--hidden", type=int, default=64)
    ap.add_argument("--seed", type=int, default=77)
    ap.add_argument("--log-interval", type=int, default=5)
    return ap.parse_args()

def tide(t):
    return (torch.sin(2 * math.pi * t / 12.42) + 0.46 * torch.sin(2 * math.pi * t / 12.0 + 0.8)
            + 0.2 * torch.sin(2 * math.pi * t / 25.8 + 2.1))

def get_batch(args, gen, noise=0.05):
    start = torch.rand(args.micro_batch_size, 1, generator=gen) * 5000
    t = start + torch.arange(args.seq_length + 6).float()
    level = tide(t) + noise * torch.randn(t.shape, generator=gen)
    return level[:, :args.seq_length], level[:, -1]

class TideNet(nn.Module):
    def __init__(self, window, hidden):
        super().__init__()
        self.fc_in = nn.Linear(window, hidden)
        self.fc_mid = nn.Linear(hidden, hidden)
        self.readout = nn.Linear(hidden, 1)
        self.norm = nn.LayerNorm(hidden)
    def forward(self, x):
        x = nn.functional.silu(self.fc_in(x))
        x = self.norm(nn.functional.silu(self.fc_mid(x)))
        return self.readout(x).squeeze(-1)

def lr_lambda(args):
    def f(it):
        return (it + 1) / args.warmup_iters
    return f

def grad_norm(model):
    return torch.norm(torch.stack([p.grad.norm() for p in model.parameters()])).item()

def train(args):
    gen = torch.Generator().manual_seed(args.seed)
    torch.manual_seed(args.seed)
    model = TideNet(args.seq_length, args.hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda(args))
    tic = time.time()
    for it in range(1, args.train_iters + 1):
        x, y = get_batch(args, gen)
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        gn = grad_norm(model)
        lr = scheduler.get_last_lr()[0]
        optimizer.step()
        scheduler.step()
        if it % args.log_interval == 0:
            ms = (time.time() - tic) * 1000 / args.log_interval
            print(f" iteration {it:8d}/{args.train_iters:8d} | consumed samples: {it * args.micro_batch_size:12d} | "
                  f"elapsed time per iteration (ms): {ms:.1f} | learning rate: {lr:.3E} | global batch size: {args.micro_batch_size:5d} | "
                  f"mse loss: {loss.item():.6E} | grad norm: {gn:.3f} |", flush=True)
            tic = time.time()
    return model, gen

if __name__ == "__main__":
    args = parse()
    model, gen = train(args)
    with torch.no_grad():
        errs = []
        for _ in range(10):
            x, y = get_batch(args, gen)
            errs.append(nn.functional.mse_loss(model(x), y).item())
    print("RESULT " + json.dumps({"metric": "eval_mse", "value": round(sum(errs) / len(errs), 5)}))
