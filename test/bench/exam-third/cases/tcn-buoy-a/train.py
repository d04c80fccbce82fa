"""Online forecast of wave height from a buoy; one pass over the recording, in the order of time."""
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CausalConv(nn.Module):
    def __init__(self, cin, cout, dilation):
        super().__init__()
        self.pad = 2 * dilation
        self.conv = nn.Conv1d(cin, cout, 3, dilation=dilation)

    def forward(self, x):
        return F.relu(self.conv(F.pad(x, (self.pad, 0))))


class TCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([CausalConv(1, 16, 1), CausalConv(16, 16, 2), CausalConv(16, 16, 4)])
        self.readout = nn.Conv1d(16, 1, 1)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.readout(x)


def recording(steps, window):
    t = torch.arange(steps * window + 1).float()
    wave = torch.sin(2 * math.pi * t / 12) + 0.4 * torch.sin(2 * math.pi * t / 31 + 1) + 0.1 * torch.randn(len(t))
    # the logger writes -14 (its lower rail) when the radio link drops
    for start in (11010, 11040, 11060):
        wave[start:start + 8] = -14.0
    return wave


torch.manual_seed(9)
STEPS, WINDOW = 250, 48
wave = recording(STEPS + 20, WINDOW)
model = TCN()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for k in range(STEPS):
    seg = wave[k * WINDOW:(k + 1) * WINDOW + 1]
    inp, target = seg[:-1].view(1, 1, -1), seg[1:].view(1, 1, -1)
    loss = F.mse_loss(model(inp), target)
    optimizer.zero_grad()
    loss.backward()
    line = {"step": k, "loss": round(loss.item(), 5)}
    line.update({f"gn/{n}": round(p.grad.norm().item(), 5) for n, p in model.named_parameters() if n.endswith("weight")})
    print(json.dumps(line))
    optimizer.step()
with torch.no_grad():
    seg = wave[STEPS * WINDOW:]
    mse = F.mse_loss(model(seg[:-1].view(1, 1, -1)), seg[1:].view(1, 1, -1)).item()
print("RESULT " + json.dumps({"metric": "test_mse", "value": mse if math.isfinite(mse) else None}))
