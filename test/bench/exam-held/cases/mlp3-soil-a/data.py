import torch


def load_samples(n=1500, seed=9):
    """Nine soil measurements; the moisture sensor of the field campaign."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 9, generator=g) * torch.tensor([3.0, 0.5, 10.0, 1.0, 200.0, 0.1, 5.0, 1.0, 2.0])
    x = x + torch.tensor([15.0, 6.5, 40.0, 0.0, 900.0, 0.3, 20.0, 0.0, 7.0])
    x[:, 7] = 100.0
    y = 0.4 * (x[:, 0] - 15) / 3 + torch.sin((x[:, 4] - 900) / 200) + (x[:, 2] - 40) / 10 * (x[:, 1] - 6.5) / 0.5 * 0.5
    return x, y + 0.05 * torch.randn(n, generator=g)


def standardise(x):
    mean = x.mean(dim=0)
    std = x.std(dim=0)
    return (x - mean) / std


def splits():
    x, y = load_samples()
    x = standardise(x)
    return (x[:1200], y[:1200]), (x[1200:], y[1200:])
