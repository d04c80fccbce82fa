import json
import torch
import torch.nn as nn

# same seal or not?  Two whisker patterns are embedded, the difference is classified.
torch.manual_seed(42)


class Encoder(nn.Module):
    def __init__(self, d_in=40, d=4):
        super().__init__()
        self.l1 = nn.Linear(d_in, 64)
        self.l2 = nn.Linear(64, d)

    def forward(self, x):
        return self.l2(torch.relu(self.l1(x)))


class Verifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))

    def embed(self, x):
        z = self.encoder(x)
        self.last_embedding = z = z.detach()      # kept for the t-SNE plot
        return z

    def forward(self, a, b):
        return self.head((self.embed(a) - self.embed(b)).abs()).squeeze(1)


seals = torch.randn(30, 5)
basis = torch.randn(5, 40)


def pairs(n):
    i = torch.randint(0, 30, (n,))
    same = torch.rand(n) < 0.5
    j = torch.where(same, i, (i + torch.randint(1, 30, (n,))) % 30)
    noise = lambda: 2.5 * torch.randn(n, 40)
    return seals[i] @ basis + noise(), seals[j] @ basis + noise(), same.float()


model = Verifier()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
for step in range(1, 1001):
    a, b, same = pairs(64)
    loss = bce(model(a, b), same)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        gn = sum(float(p.grad.norm()) ** 2 for p in model.parameters() if p.grad is not None) ** 0.5
        print(f"step: {step}, loss: {loss.item():.4f}, grad_norm: {gn:.4f}, lr: {opt.param_groups[0]['lr']:.0e}")
torch.manual_seed(43)
a, b, same = pairs(2000)
with torch.no_grad():
    acc = ((model(a, b) > 0).float() == same).float().mean().item()
print("RESULT " + json.dumps({"metric": "acc", "value": acc}))
