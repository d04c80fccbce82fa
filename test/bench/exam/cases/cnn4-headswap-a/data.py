import torch


def gratings(n, n_classes, seed, size=16):
    """Oriented gratings; the class is the orientation."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, n_classes, (n,), generator=g)
    r = torch.arange(size).float()
    yy, xx = torch.meshgrid(r, r, indexing="ij")
    theta = (y.float() * 3.14159 / n_classes).view(-1, 1, 1)
    phase = torch.rand(n, 1, 1, generator=g) * 6.2832
    x = torch.sin((xx * theta.cos() + yy * theta.sin()) * 1.0 + phase)
    return (x + 0.3 * torch.randn(n, size, size, generator=g)).unsqueeze(1), y
