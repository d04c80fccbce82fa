import json, math
import torch
from torch import nn

class MatrixFactorisation(nn.Module):
    def __init__(self, users, shows, k=12):
        super().__init__()
        self.P = nn.Parameter(torch.randn(users, k) * 0.3)
        self.Q = nn.Parameter(torch.randn(shows, k) * 0.3)
        self.bu = nn.Parameter(torch.zeros(users))
        self.bs = nn.Parameter(torch.zeros(shows))

    def forward(self, u, s):
        return (self.P[u] * self.Q[s]).sum(-1) + self.bu[u] + self.bs[s]

torch.manual_seed(55)
USERS, SHOWS = 60, 40
true_p, true_q = torch.randn(USERS, 3), torch.randn(SHOWS, 3)
u, s = torch.randint(0, USERS, (6000,)), torch.randint(0, SHOWS, (6000,))
minutes = 1.2 * (true_p[u] * true_q[s]).sum(-1) + 0.1 * torch.randn(6000)

mf = MatrixFactorisation(USERS, SHOWS)
sgd = torch.optim.SGD(mf.parameters(), lr=3.2, momentum=0.85)   # tuned on the small data set
for epoch in range(1, 16):
    tot = 0.0
    for k, rows in enumerate(torch.randperm(5000).split(250), 1):
        err = mf(u[rows], s[rows]) - minutes[rows]
        loss = err.square().mean() + 1e-4 * (mf.P.square().mean() + mf.Q.square().mean())
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        tot += loss.item()
        if k % 4 == 0:
            print(f"epoch {epoch:02d} [{k:02d}/20] loss {loss.item():.5g}")
    with torch.no_grad():
        val = (mf(u[5000:], s[5000:]) - minutes[5000:]).square().mean().item()
    print(f"epoch {epoch:02d} train_loss {tot / 20:.5g} val_loss {val:.5g}")
print("RESULT " + json.dumps({"metric": "val_mse", "value": val if math.isfinite(val) else None}))
