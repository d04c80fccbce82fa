import json
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(23)

SOURCES = {"weather": 10, "soil": 6, "satellite": 14}


class Branch(nn.Module):
    def __init__(self, n_in, n_hidden=32, n_out=3):
        super().__init__()
        self.a = nn.Linear(n_in, n_hidden)
        self.b = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return torch.tanh(self.b(F.relu(self.a(x))))


class YieldModel(nn.Module):
    """One branch per data source, concatenated and regressed."""

    def __init__(self, sources):
        super().__init__()
        self.branches = [Branch(n) for n in sources.values()]
        self.fuse = nn.Linear(3 * len(sources), 16)
        self.out = nn.Linear(16, 1)

    def forward(self, parts):
        z = torch.cat([branch(p) for branch, p in zip(self.branches, parts)], dim=1)
        return self.out(F.relu(self.fuse(z)))


def fields(n, g):
    parts = [torch.randn(n, d, generator=g) for d in SOURCES.values()]
    w, s, v = parts
    y = w[:, 0] * w[:, 1] + 1.5 * torch.sin(2 * s[:, 0]) + s[:, 1].abs() + torch.tanh(2 * v[:, 0] + v[:, 1]) * v[:, 2]
    return parts, (y + 0.1 * torch.randn(n, generator=g)).unsqueeze(1)


g = torch.Generator().manual_seed(1)
train_parts, train_y = fields(4000, g)
test_parts, test_y = fields(1000, g)

model = YieldModel(SOURCES)
n_params = sum(p.numel() for p in model.parameters())
print(f"model has {n_params} trainable parameters")
optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)

for epoch in range(25):
    for idx in torch.randperm(4000).split(80):
        loss = F.mse_loss(model([p[idx] for p in train_parts]), train_y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        val = F.mse_loss(model(test_parts), test_y).item()
    print(f"epoch {epoch:2d}  train {loss.item():.4f}  val {val:.4f}")
    for name, p in model.named_parameters():
        print(f"    {name}: grad_norm={p.grad.norm().item():.5f} mean={p.grad.mean().item():+.2e}")

r2 = 1 - val / test_y.var().item()
print("RESULT " + json.dumps({"metric": "r2", "value": round(r2, 4)}))
