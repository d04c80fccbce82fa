import torch


def make_signs(n, noise, seed):
    """Traffic-sign-like silhouettes: disc, ring, square, triangle, cross."""
    g = torch.Generator().manual_seed(seed)
    r = torch.linspace(-1, 1, 14)
    yy, xx = torch.meshgrid(r, r, indexing="ij")
    rad = (xx ** 2 + yy ** 2).sqrt()
    shapes = torch.stack([
        (rad < 0.7).float(),
        ((rad < 0.8) & (rad > 0.5)).float(),
        ((xx.abs() < 0.6) & (yy.abs() < 0.6)).float(),
        ((yy > -0.6) & (yy < 0.8 - 1.6 * xx.abs())).float(),
        ((xx.abs() < 0.2) | (yy.abs() < 0.2)).float(),
    ])
    labels = torch.randint(0, 5, (n,), generator=g)
    images = shapes[labels] - 0.4 + noise * torch.randn(n, 14, 14, generator=g)
    shift = torch.randint(-2, 3, (n, 2), generator=g)
    images = torch.stack([torch.roll(im, tuple(s.tolist()), dims=(0, 1)) for im, s in zip(images, shift)])
    return images.unsqueeze(1), labels
