import json
import math

import torch
import torch.nn as nn

from noise_schedule import Schedule


class Denoiser(nn.Module):
    def __init__(self, steps, width=96):
        super().__init__()
        self.time = nn.Embedding(steps, 24)
        self.net = nn.Sequential(nn.Linear(26, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2))

    def forward(self, x, t):
        return self.net(torch.cat([x, self.time(t)], 1))


def annulus(n):
    r = 1.0 + 0.08 * torch.randn(n)
    phi = 2 * math.pi * torch.rand(n)
    return torch.stack([r * torch.cos(phi), r * torch.sin(phi)], 1)


def main():
    torch.manual_seed(36)
    schedule = Schedule()
    model = Denoiser(schedule.steps)
    opt = torch.optim.AdamW(model.parameters(), lr=4e-3)
    lr_sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 1500)
    ema = None
    for step in range(1500):
        x0 = annulus(128)
        t = torch.randint(0, schedule.steps, (128,))
        xt, eps = schedule.add_noise(x0, t)
        loss = (model(xt, t) - eps).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 2.0).item()
        opt.step()
        lr_sched.step()
        ema = loss.item() if ema is None else 0.98 * ema + 0.02 * loss.item()
        if step % 15 == 0:
            print({"loss": round(loss.item(), 4), "ema_loss": round(ema, 4), "grad_norm": round(norm, 4), "learning_rate": lr_sched.get_last_lr()[0], "step": step})
    x = schedule.sample(model, 2000)
    err = (x.norm(dim=1) - 1.0).abs().median().item()
    print("RESULT " + json.dumps({"metric": "median_radius_error", "value": round(err, 4)}))


if __name__ == "__main__":
    main()
