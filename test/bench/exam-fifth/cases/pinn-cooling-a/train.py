"""Physics-informed network for a fin in a room: T'' = k (T - T_env), T in units of the furnace temperature."""
import json

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.hidden1 = nn.Linear(1, width)
        self.hidden2 = nn.Linear(width, width)
        self.out = nn.Linear(width, 1)

    def forward(self, x):
        return 1e-2 * self.out(torch.tanh(self.hidden2(torch.tanh(self.hidden1(x)))))


def derivative(u, x):
    return torch.autograd.grad(u, x, torch.ones_like(u), create_graph=True)[0]


K, HOT = 4.0, 0.01
torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3, eps=1e-15)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9975)
ends = torch.tensor([[0.0], [1.0]])
for it in range(900):
    x = torch.rand(48, 1, requires_grad=True)
    u = net(x)
    residual = derivative(derivative(u, x), x) - K * u
    boundary = net(ends) - torch.tensor([[HOT], [0.0]])
    loss_r, loss_b = (residual ** 2).mean(), (boundary ** 2).mean()
    loss = loss_r + 20 * loss_b
    optimizer.zero_grad()
    loss.backward()
    if it % 20 == 0:
        gs = [p.grad.norm().item() for p in net.parameters()]
        print(f"It: {it:5d}, Loss_res: {loss_r.item():.3e}, Loss_bc: {loss_b.item():.3e}, |g| min {min(gs):.2e} max {max(gs):.2e}, lr {scheduler.get_last_lr()[0]:.2e}")
    optimizer.step()
    scheduler.step()

with torch.no_grad():
    x = torch.linspace(0, 1, 101).unsqueeze(1)
    exact = HOT * torch.sinh(2 * (1 - x)) / torch.sinh(torch.tensor(2.0))
    rel = ((net(x) - exact).norm() / exact.norm()).item()
print("RESULT " + json.dumps({"metric": "relative_error", "value": round(rel, 5)}))
