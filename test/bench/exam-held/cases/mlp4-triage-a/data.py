import torch


def calls(n, flip):
    x = torch.randn(n, 10)
    y = (x[:, 0] + 0.5 * x[:, 1] - 0.7 * x[:, 2] > 0).long()
    noisy = torch.where(torch.rand(n) < flip, 1 - y, y)
    return x, noisy, y
