import csv
import json

import torch
from torch import nn
import torch.nn.functional as F


def scenes(n, size=12):
    """Piecewise constant scenes: background, one rectangle, one stripe."""
    img = torch.rand(n, 1, 1, 1).expand(n, 1, size, size).clone() * 0.4
    for i in range(n):
        r, c, h, w = torch.randint(1, 6, (4,)).tolist()
        img[i, 0, r:r + h, c:c + w] = 0.6 + 0.4 * torch.rand(1)
        img[i, 0, :, int(torch.randint(0, size, (1,)))] -= 0.3
    return img


class Unit(nn.Module):
    def __init__(self, ch):
        super().__init__()
        self.a = nn.Conv2d(ch, ch, 3, padding=1)
        self.b = nn.Conv2d(ch, ch, 3, padding=1)

    def forward(self, x):
        return x + self.b(F.relu(self.a(x)))


class Denoiser(nn.Module):
    def __init__(self, ch=12, n_units=10):
        super().__init__()
        self.head = nn.Conv2d(1, ch, 3, padding=1)
        self.units = nn.ModuleList(Unit(ch) for _ in range(n_units))
        self.tail = nn.Conv2d(ch, 1, 3, padding=1)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, a=0, mode="fan_in", nonlinearity="linear")
                m.weight.data *= 2.0
                nn.init.zeros_(m.bias)

    def forward(self, x):
        h = self.head(x)
        for u in self.units:
            h = u(h)
        return self.tail(h)


torch.manual_seed(29)
clean = scenes(256)
noisy = clean + 0.2 * torch.randn_like(clean)
test_clean = scenes(64)
test_noisy = test_clean + 0.2 * torch.randn_like(test_clean)

model = Denoiser()
optim = torch.optim.Adam(model.parameters(), lr=2e-3)
cols = [n for n, p in model.named_parameters() if p.ndim == 4]
sheet = open("grad_norms.csv", "w", newline="")
writer = csv.writer(sheet)
writer.writerow(["step", "train_loss", *cols])

for step in range(160):
    pick = torch.randint(0, len(clean), (16,))
    loss = F.mse_loss(model(noisy[pick]), clean[pick])
    optim.zero_grad()
    loss.backward()
    if step % 4 == 0:
        grads = dict((n, p.grad) for n, p in model.named_parameters())
        writer.writerow([step, "%.6g" % loss.item(), *("%.6g" % grads[n].norm().item() for n in cols)])
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optim.step()
sheet.close()

model.eval()
with torch.no_grad():
    mse = F.mse_loss(model(test_noisy), test_clean).item()
print("RESULT " + json.dumps({"metric": "test_mse", "value": round(mse, 5)}))
