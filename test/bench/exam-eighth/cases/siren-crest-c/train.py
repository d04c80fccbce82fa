import math, json
import torch
from torch import nn

torch.manual_seed(0)


class Sine(nn.Module):
    def __init__(self, i, o, w0=8.0, first=False):
        super().__init__()
        self.w0 = w0
        self.linear = nn.Linear(i, o)
        bound = 1 / i if first else math.sqrt(6 / i) / w0
        nn.init.uniform_(self.linear.weight, -bound, bound)

    def forward(self, x):
        return torch.sin(self.w0 * self.linear(x))


def crest(n=24):
    s = torch.linspace(-1, 1, n)
    yy, xx = torch.meshgrid(s, s, indexing="ij")
    r = (xx ** 2 + yy ** 2).sqrt()
    shield = torch.sigmoid(12 * (0.8 - r)) * (0.5 + 0.3 * torch.cos(6 * xx) * torch.cos(5 * yy))
    return torch.stack([xx.flatten(), yy.flatten()], 1), shield.flatten().unsqueeze(1)


coords, pixels = crest()
siren = nn.Sequential(Sine(2, 40, first=True), Sine(40, 40), Sine(40, 40), nn.Linear(40, 1))
optimizer = torch.optim.Adam(siren.parameters(), lr=2e-3)
lr_sched = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.993)

for step in range(900):
    optimizer.zero_grad()
    loss = ((siren(coords) - pixels) ** 2).mean()
    loss.backward()
    if step % 30 == 0:
        print(f"--- step {step}: loss {loss.item():.3e}")
        for n, p in siren.named_parameters():
            print(f"{n}: grad_norm={p.grad.norm().item():.3e}")
    optimizer.step()
    lr_sched.step()

psnr = -10 * math.log10(((siren(coords) - pixels) ** 2).mean().item())
print("RESULT " + json.dumps({"metric": "psnr", "value": round(psnr, 2)}))
