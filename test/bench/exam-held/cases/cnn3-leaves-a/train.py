import json
import time

import torch
import torch.nn as nn

torch.manual_seed(20)


def leaves(n):
    """Outlines of four kinds of leaves as 12 x 12 masks with noise."""
    r = torch.linspace(-1, 1, 12)
    yy, xx = torch.meshgrid(r, r, indexing="ij")
    kind = torch.randint(0, 4, (n,))
    a = (0.5 + 0.3 * torch.rand(n, 1, 1))
    masks = torch.stack([(xx / 0.5) ** 2 + (yy / 0.9) ** 2, xx.abs() / 0.7 + yy.abs() / 0.9, (xx / 0.9) ** 2 + (yy / 0.5) ** 2, (xx.abs() - 0.4).abs() * 2 + yy.abs()])
    img = (masks[kind] < a * 1.4).float()
    return (img - 0.4 + 0.25 * torch.randn(n, 12, 12)).unsqueeze(1), kind


model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1), nn.LeakyReLU(0.1), nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1), nn.LeakyReLU(0.1), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(16 * 9, 32), nn.LeakyReLU(0.1), nn.Linear(32, 4),
)
opt = torch.optim.Adam(model.parameters(), lr=1.0)
ce = nn.CrossEntropyLoss()
history = {"loss": []}
for i in range(240):
    x, y = leaves(32)
    opt.zero_grad()
    loss = ce(model(x), y)
    loss.backward()
    opt.step()
    history["loss"].append(loss.item())
    if (i + 1) % 2 == 0:
        print("iter", i + 1, "loss", round(loss.item(), 4))

x, y = leaves(1000)
with torch.no_grad():
    test_loss = ce(model(x), y).item()
print("RESULT " + json.dumps({"metric": "test_loss", "value": round(test_loss, 4)}))
