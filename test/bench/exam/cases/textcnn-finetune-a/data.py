import torch


def sentences(n, n_classes, seed, length=16, label_noise=0.0):
    """Random token sequences; class c contains the bigram (2c, 2c + 1) somewhere."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, n_classes, (n,), generator=g)
    x = torch.randint(2 * n_classes, 60, (n, length), generator=g)
    at = torch.randint(0, length - 1, (n,), generator=g)
    rows = torch.arange(n)
    x[rows, at] = 2 * y
    x[rows, at + 1] = 2 * y + 1
    flip = torch.rand(n, generator=g) < label_noise
    y[flip] = torch.randint(0, n_classes, (int(flip.sum()),), generator=g)
    return x, y
