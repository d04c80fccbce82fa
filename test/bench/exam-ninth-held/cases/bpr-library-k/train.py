"""Book recommender: matrix factorisation with the BPR ranking loss, plain SGD."""
import argparse
import csv
import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def get_args():
    p = argparse.ArgumentParser()
    p.add_argument("--users", type=int, default=400)
    p.add_argument("--books", type=int, default=250)
    p.add_argument("--dim", type=int, default=12)
    p.add_argument("--lr", type=float, default=60.0)
    p.add_argument("--batch", type=int, default=512)
    p.add_argument("--steps", type=int, default=600)
    p.add_argument("--log-every-n-steps", type=int, default=10)
    return p.parse_args()


def loans(args, rng):
    u = rng.normal(size=(args.users, 4))
    b = rng.normal(size=(args.books, 4))
    popularity = rng.normal(size=args.books) * 0.7
    affinity = 1.2 * u @ b.T + popularity
    noisy = affinity + rng.gumbel(size=affinity.shape)
    return affinity, np.argsort(-noisy, axis=1)[:, :15]


class BPRMF(nn.Module):
    def __init__(self, users, books, dim):
        super().__init__()
        self.user_emb = nn.Embedding(users, dim)
        self.book_emb = nn.Embedding(books, dim)
        self.book_bias = nn.Embedding(books, 1)
        nn.init.normal_(self.user_emb.weight, std=0.1)
        nn.init.normal_(self.book_emb.weight, std=0.1)
        nn.init.zeros_(self.book_bias.weight)

    def forward(self, u, b):
        return (self.user_emb(u) * self.book_emb(b)).sum(-1) + self.book_bias(b).squeeze(-1)


def main():
    args = get_args()
    torch.manual_seed(9)
    rng = np.random.default_rng(9)
    affinity, taken = loans(args, rng)
    users = np.repeat(np.arange(args.users), 15)
    positives = taken.reshape(-1)
    model = BPRMF(args.users, args.books, args.dim)
    opt = torch.optim.SGD(model.parameters(), lr=args.lr)
    names = [n for n, _ in model.named_parameters()]
    fields = ["epoch", "step"] + [f"grad_2.0_norm/{n}" for n in names] + ["train/bpr_loss"]
    with open("metrics.csv", "w", newline="") as fh:
        w = csv.DictWriter(fh, fields)
        w.writeheader()
        for step in range(args.steps):
            k = rng.integers(0, len(users), args.batch)
            u, pos = torch.from_numpy(users[k]), torch.from_numpy(positives[k])
            neg = torch.from_numpy(rng.integers(0, args.books, args.batch))
            loss = F.softplus(model(u, neg) - model(u, pos)).mean()
            opt.zero_grad()
            loss.backward()
            if step % args.log_every_n_steps == 0:
                epoch = step * args.batch // len(users)
                w.writerow({"epoch": epoch, "step": step,
                            **{f"grad_2.0_norm/{n}": f"{p.grad.norm().item():.6f}" for n, p in model.named_parameters()}})
                w.writerow({"epoch": epoch, "step": step, "train/bpr_loss": f"{loss.item():.5f}"})
            opt.step()
    with torch.no_grad():
        u = torch.arange(args.users).repeat_interleave(args.books)
        b = torch.arange(args.books).repeat(args.users)
        s = model(u, b).view(args.users, args.books).numpy()
    i, j = rng.integers(0, args.books, (2, args.users, 50))
    rows = np.arange(args.users)[:, None]
    auc = np.mean((s[rows, i] > s[rows, j]) == (affinity[rows, i] > affinity[rows, j]))
    print("RESULT " + json.dumps({"metric": "pair_accuracy", "value": round(float(auc), 4)}))


if __name__ == "__main__":
    main()
