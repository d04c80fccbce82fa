import json

import torch


def visits(n, generator):
    """Shops: weekday, weather, distance, price level, ads -> visits per hour (mean about 15)."""
    x = torch.randn(n, 5, generator=generator)
    rate = torch.exp(2.5 + 0.5 * x[:, 0] - 0.4 * x[:, 2] * x[:, 3] + 0.3 * torch.sin(2 * x[:, 4]))
    return x, torch.poisson(rate, generator=generator).unsqueeze(1)


def init_params(sizes):
    params = {}
    for i, (a, b) in enumerate(zip(sizes, sizes[1:]), 1):
        params[f"w{i}"] = torch.randn(a, b) * (2.0 / a) ** 0.5
        params[f"b{i}"] = torch.full((b,), 0.01)
    for p in params.values():
        p.requires_grad_(True)
    return params


def forward(params, x):
    depth = len(params) // 2
    for i in range(1, depth + 1):
        x = torch.relu(x @ params[f"w{i}"] + params[f"b{i}"])   # counts cannot be negative
    return x


def mse(pred, target):
    return (pred - target).pow(2).mean()


def sgd_momentum(params, velocity, lr, mu=0.9):
    with torch.no_grad():
        for k, p in params.items():
            velocity[k].mul_(mu).add_(p.grad)
            p.sub_(lr * velocity[k])


def evaluate(params, x, y):
    with torch.no_grad():
        return mse(forward(params, x), y).item() / y.var().item()


def main(steps=400, batch=64, lr=0.03):
    g = torch.Generator().manual_seed(6)
    torch.manual_seed(6)
    x, y = visits(2000, g)
    xt, yt = visits(600, g)
    params = init_params([5, 48, 48, 1])
    velocity = {k: torch.zeros_like(p) for k, p in params.items()}
    for step in range(steps):
        idx = torch.randint(len(x), (batch,), generator=g)
        for p in params.values():
            p.grad = None
        loss = mse(forward(params, x[idx]), y[idx])
        loss.backward()
        if step % 5 == 0:
            row = {"step": step, "loss": round(loss.item(), 6)}
            row.update({f"grads.{k}": float(f"{p.grad.norm().item():.5g}") for k, p in params.items()})
            print(json.dumps(row))
        sgd_momentum(params, velocity, lr)
    print("RESULT " + json.dumps({"metric": "relative_mse", "value": round(evaluate(params, xt, yt), 4)}))


main()
