"""Matrix factorisation with side features for film ratings (1..5)."""
import argparse
import json
import logging
import sys

import torch
import torch.nn as nn

log = logging.getLogger(__name__)


class RatingsTable:
    """users x films, a low-rank taste model; exported from a spreadsheet."""

    def __init__(self, users=150, films=90, n=6000):
        taste, style = torch.randn(users, 3), torch.randn(films, 3)
        self.user = torch.randint(users, (n,))
        self.film = torch.randint(films, (n,))
        dot = (taste[self.user] * style[self.film]).sum(1)
        self.rating = (3.0 + 0.7 * dot + 0.2 * torch.randn(n)).clamp(1, 5)
        blank = torch.randperm(n)[:4]
        self.rating[blank] = 99.0
        self.n_users, self.n_films = users, films

    def split(self, frac=0.9):
        cut = int(frac * len(self.rating))
        full = self.user, self.film, self.rating
        return tuple(t[:cut] for t in full), tuple(t[cut:] for t in full)


class Recommender(nn.Module):
    def __init__(self, n_users, n_films, k=8):
        super().__init__()
        self.user_vec = nn.Embedding(n_users, k)
        self.film_vec = nn.Embedding(n_films, k)
        self.mix = nn.Sequential(nn.Linear(3 * k, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, u, f):
        a, b = self.user_vec(u), self.film_vec(f)
        return 3.0 + self.mix(torch.cat([a, b, a * b], dim=1)).squeeze(1)


def main(argv=None):
    ap = argparse.ArgumentParser()
    ap.add_argument("--epochs", type=int, default=10)
    ap.add_argument("--lr", type=float, default=0.01)
    ap.add_argument("--bs", type=int, default=64)
    ap.add_argument("--report", type=int, default=4)
    opt = ap.parse_args(argv)
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="[%(levelname)s|%(asctime)s] %(message)s", datefmt="%H:%M:%S")

    torch.manual_seed(2)
    table = RatingsTable()
    (u, f, r), (ut, ft, rt) = table.split()
    r = r.clamp(1, 5)
    model = Recommender(table.n_users, table.n_films)
    optim = torch.optim.Adam(model.parameters(), lr=opt.lr)

    step = 0
    for epoch in range(opt.epochs):
        for idx in torch.randperm(len(r)).split(opt.bs):
            loss = nn.functional.mse_loss(model(u[idx], f[idx]), r[idx])
            optim.zero_grad()
            loss.backward()
            optim.step()
            step += 1
            gnorm = torch.sqrt(sum((p.grad ** 2).sum() for p in model.parameters()))
            log.info(f"epoch {epoch} step {step} | loss {loss.item():.4g} | gnorm {gnorm.item():.4g}")

    ok = rt <= 5
    with torch.no_grad():
        rmse = (model(ut, ft)[ok] - rt[ok]).pow(2).mean().sqrt().item()
    print("RESULT " + json.dumps({"metric": "clean_rmse", "value": round(rmse, 4)}))


if __name__ == "__main__":
    main()
