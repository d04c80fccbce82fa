import json
import logging
import sys
import torch
from torch import nn

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(message)s")
ACCUM, MICRO, UPDATES = 8, 8, 60


def bites(n):
    y = torch.randint(0, 4, (n,))
    t = torch.arange(64.0)
    f = (0.15 + 0.1 * y.float()).unsqueeze(1)
    return (torch.sin(f * t + 6.28 * torch.rand(n, 1)) + 0.7 * torch.randn(n, 64)).unsqueeze(1), y


torch.manual_seed(26)
x, y = bites(1600)
net = nn.Sequential(nn.Conv1d(1, 16, 9, stride=2), nn.BatchNorm1d(16), nn.ReLU(), nn.Conv1d(16, 16, 5, stride=2), nn.ReLU(),
                    nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(16, 4))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
opt.zero_grad()
for micro in range(UPDATES * ACCUM):
    pick = torch.randint(0, 1200, (MICRO,))
    loss = nn.functional.cross_entropy(net(x[pick]), y[pick]) / ACCUM
    loss.backward()                      # gradients add up until the update
    total = torch.cat([p.grad.flatten() for p in net.parameters()]).norm().item()
    logging.info("micro_step %d loss %.4f grad_norm %.5f", micro, loss.item() * ACCUM, total)
    if (micro + 1) % ACCUM == 0:
        opt.step()
        opt.zero_grad()
net.eval()
with torch.no_grad():
    acc = (net(x[1200:]).argmax(1) == y[1200:]).float().mean().item()
print("RESULT " + json.dumps({"metric": "val_acc", "value": acc}))
