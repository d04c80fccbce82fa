"""Mixture of experts with top-1 routing on a function made of local pieces."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(66)
N_EXPERTS = 8


class Expert(nn.Module):
    def __init__(self, d, hidden=16):
        super().__init__()
        self.up = nn.Linear(d, hidden)
        self.down = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.down(torch.tanh(self.up(x)))


class SparseMixture(nn.Module):
    def __init__(self, d=2):
        super().__init__()
        self.router = nn.Linear(d, N_EXPERTS)
        self.experts = nn.ModuleList([Expert(d) for _ in range(N_EXPERTS)])

    def forward(self, x):
        gate = F.softmax(self.router(x), dim=-1)
        weight, choice = gate.max(dim=-1)
        y = torch.zeros(len(x))
        for k, expert in enumerate(self.experts):
            mine = (choice == k).nonzero().squeeze(1)
            if len(mine):
                y = y.index_add(0, mine, expert(x[mine]).squeeze(1) * weight[mine])
        share = F.one_hot(choice, N_EXPERTS).float().mean(0)
        balance = N_EXPERTS * (share * gate.mean(0)).sum()
        return y, balance


def pieces(n):
    x = 4 * torch.rand(n, 2) - 2
    cell = (x[:, 0] > 0).long() * 2 + (x[:, 1] > 0).long()
    slope = torch.tensor([[1.0, -0.5], [-1.0, 0.3], [0.4, 1.2], [-0.6, -0.9]])[cell]
    return x, (slope * x).sum(1) + torch.tensor([0.5, -0.5, 1.0, -1.0])[cell]


x_val, y_val = pieces(800)
model = SparseMixture()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)

for it in range(1, 501):
    x, y = pieces(16)
    pred, balance = model(x)
    mse = F.mse_loss(pred, y)
    (mse + 0.3 * balance).backward()
    if it % 20 == 0:
        print(f"iter {it}: mse {mse.item():.5f} balance {balance.item():.3f}")
        for name, p in model.named_parameters():
            g = 0.0 if p.grad is None else p.grad.norm().item()
            print(f"  {name}: {g:.6f}")
    opt.step()
    opt.zero_grad(set_to_none=True)

with torch.no_grad():
    r2 = 1 - (F.mse_loss(model(x_val)[0], y_val) / y_val.var()).item()
print(f'RESULT {{"metric": "val_r2", "value": {r2:.4f}}}')
