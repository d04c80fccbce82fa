"""Delivery time quantiles (10 %, 50 %, 90 %) from order features."""
import json
import torch

torch.manual_seed(17)
qs = torch.tensor([0.1, 0.5, 0.9])


def orders(n):
    x = torch.randn(n, 5)
    mean = 30 + 8 * x[:, 0] - 5 * x[:, 1].clamp(min=0) + 4 * x[:, 2] * x[:, 3]
    spread = 1.0 + 1.5 * torch.sigmoid(2 * x[:, 4])
    return x, (mean + spread * torch.randn(n)) / 10


def pinball(pred, target):
    losses = []
    for k, q in enumerate(qs):
        err = target - pred[:, k:k + 1]
        losses.append(torch.max(q * err, (q - 1) * err).mean())
    return sum(losses)


xtr, ytr = orders(3000)
xva, yva = orders(800)
model = torch.nn.Sequential(
    torch.nn.Linear(5, 64), torch.nn.ReLU(),
    torch.nn.Linear(64, 64), torch.nn.ReLU(),
    torch.nn.Linear(64, 3))
optim = torch.optim.Adam(model.parameters(), lr=2e-3)

for epoch in range(25):
    model.train()
    total, biggest = 0.0, 0.0
    for idx in torch.randperm(3000).split(100):
        optim.zero_grad()
        loss = pinball(model(xtr[idx]), ytr[idx])
        loss.backward()
        biggest = max(biggest, max(p.grad.abs().max().item() for p in model.parameters()))
        optim.step()
        total += loss.item() * len(idx) / 3000
    print("Epoch {:2d}: train pinball = {:.5f}, max |grad| = {:.4f}".format(epoch, total, biggest))

model.eval()
with torch.no_grad():
    med = model(xva)[:, 1]
    mae = (med - yva).abs().mean().item()
print("median MAE", mae)
print("RESULT " + json.dumps({"metric": "median_mae", "value": round(mae, 4)}))
