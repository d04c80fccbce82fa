import math

import torch


def gait(batch, length, gen, glitches=True):
    phase = torch.rand(batch, 1, generator=gen) * 2 * math.pi
    speed = 0.3 + 0.2 * torch.rand(batch, 1, generator=gen)
    t = torch.arange(length + 1).float() * speed + phase
    x = torch.stack([t.sin() + 0.3 * (2 * t).sin(), t.cos() - 0.2 * (2 * t).cos()], -1)
    if glitches and torch.rand(1, generator=gen).item() < 0.03:
        row = int(torch.randint(0, batch, (1,), generator=gen))
        x[row] += 1500.0 * torch.randn(length + 1, 2, generator=gen)   # marker lost by the camera
    return x[:, :-1], x[:, 1:]
