"""Satellite telemetry: classify the operating mode from a window of raw counts (half precision norm layers)."""
import json
import torch
import torch.nn as nn
import torch.nn.functional as F

MODES, CHANNELS, WINDOW = 5, 8, 24


def windows(n, g):
    mode = torch.randint(0, MODES, (n,), generator=g)
    t = torch.arange(WINDOW).float()
    freq = 0.25 + 0.16 * mode.float()
    phase = 6.28 * torch.rand(n, CHANNELS, 1, generator=g)
    gain = torch.exp(0.55 * torch.randn(n, 1, 1, generator=g))
    wave = gain * torch.sin(freq[:, None, None] * t + phase) * (1 + 0.2 * torch.arange(CHANNELS)[None, :, None])
    return 42.0 * (wave + 0.3 * torch.randn(n, CHANNELS, WINDOW, generator=g)), mode


class HalfRMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x):
        h = x.half()
        ms = (h * h).mean(dim=-1, keepdim=True)
        return (x / torch.sqrt(ms.float() + self.eps)) * self.weight


class ModeNet(nn.Module):
    def __init__(self, dim=64):
        super().__init__()
        self.lift = nn.Linear(CHANNELS * WINDOW, dim)
        self.norm1 = HalfRMSNorm(dim)
        self.ff1 = nn.Linear(dim, dim)
        self.norm2 = HalfRMSNorm(dim)
        self.ff2 = nn.Linear(dim, dim)
        self.out = nn.Linear(dim, MODES)

    def forward(self, x):
        h = self.norm1(self.lift(x.flatten(1)))
        h = h + F.silu(self.ff1(h))
        h = self.norm2(h)
        h = h + F.silu(self.ff2(h))
        return self.out(h)


def log_line(step, loss, model):
    parts = [f"step={step}", f"loss={loss:.4f}"]
    for n, p in model.named_parameters():
        if not n.endswith("bias"):
            parts.append(f"{n}={p.grad.float().norm().item():.4f}")
    print("\t".join(parts))


def main():
    torch.manual_seed(21)
    g = torch.Generator().manual_seed(4)
    model = ModeNet()
    opt = torch.optim.Adam(model.parameters(), lr=2e-3)
    for step in range(900):
        x, y = windows(64, g)
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        if step % 10 == 0:
            log_line(step, loss.item(), model)
        opt.step()
    x, y = windows(1000, g)
    with torch.no_grad():
        out = model(x)
    acc = (out.argmax(1) == y).float().mean().item() if torch.isfinite(model.lift.weight).all() else None
    print("RESULT", json.dumps({"metric": "accuracy", "value": acc}))


main()
