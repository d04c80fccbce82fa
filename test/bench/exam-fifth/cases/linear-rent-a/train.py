"""Rent from flat features; everything as plain functions, parameters are tuples."""
import json
from functools import partial

import torch


def dataset(gen, n):
    area = 30 + 120 * torch.rand(n, generator=gen)
    rooms = (area / 28).round().clamp(min=1)
    age = 80 * torch.rand(n, generator=gen)
    km = 12 * torch.rand(n, generator=gen)
    rent = 9.0 * area + 60 * rooms - 2.5 * age - 25 * km + 300 + 40 * torch.randn(n, generator=gen)
    return torch.stack([area, rooms, age, km], 1), rent / 100.0


def init(gen, n_in):
    return 0.1 * torch.randn(n_in, generator=gen), torch.zeros(())


def predict(params, x):
    w, b = params
    return x @ w + b


def mse(params, x, y):
    return ((predict(params, x) - y) ** 2).mean()


def value_and_grad(fn, params, *args):
    leaves = tuple(p.detach().requires_grad_(True) for p in params)
    v = fn(leaves, *args)
    return v.detach(), torch.autograd.grad(v, leaves)


def sgd(lr, params, grads):
    return tuple(p - lr * g for p, g in zip(params, grads))


def batches(gen, x, y, size):
    for idx in torch.randperm(len(x), generator=gen).split(size):
        yield x[idx], y[idx]


def fit(params, x, y, gen, lr=3e-4, epochs=60, size=20):
    update = partial(sgd, lr)
    it = 0
    for _ in range(epochs):
        for bx, by in batches(gen, x, y, size):
            loss, grads = value_and_grad(mse, params, bx, by)
            if it < 40 or it % 100 == 0:
                print(f"iter {it:5d} | mse {loss:.4g} | lr {lr:g}")
            params = update(params, grads)
            it += 1
    return params


def main():
    gen = torch.Generator().manual_seed(5)
    x, y = dataset(gen, 800)
    xv, yv = dataset(gen, 200)
    params = fit(init(gen, x.shape[1]), x, y, gen)
    r2 = 1 - (mse(params, xv, yv) / yv.var()).item()
    print("RESULT " + json.dumps({"metric": "r2", "value": round(r2, 4)}))


if __name__ == "__main__":
    main()
