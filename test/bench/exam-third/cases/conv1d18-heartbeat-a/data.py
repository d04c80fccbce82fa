import math

import torch


def heartbeats(n, seed):
    """normal beat, widened QRS, missing P wave"""
    g = torch.Generator().manual_seed(seed)
    t = torch.linspace(0, 1, 64).repeat(n, 1)
    y = torch.randint(0, 3, (n,), generator=g)
    shift = 0.1 * torch.rand(n, 1, generator=g)
    width = torch.where(y == 1, 0.07, 0.025).unsqueeze(1)
    p_amp = torch.where(y == 2, 0.0, 0.5).unsqueeze(1)
    x = p_amp * torch.exp(-((t - 0.2 - shift) / 0.04) ** 2)
    x = x + torch.exp(-((t - 0.45 - shift) / width) ** 2)
    x = x + 0.3 * torch.exp(-((t - 0.7 - shift) / 0.08) ** 2)
    x = x + 0.05 * torch.sin(2 * math.pi * t) + 0.05 * torch.randn(n, 64, generator=g)
    x = (x - x.mean()) / x.std()
    return x.unsqueeze(1), y
