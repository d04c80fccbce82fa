import json
import torch
from torch import nn, optim


def get_data(n):
    X = torch.rand(n, 6) * 2 - 1
    temperature = 60 + 12 * torch.sin(2.5 * X[:, 0]) + 9 * X[:, 1] * X[:, 2]
    pressure = 35 + 8 * X[:, 3] ** 2 - 6 * X[:, 0] * X[:, 4]
    fault = (X[:, 0] + X[:, 3] * X[:, 5] > 0.2).float()
    return X, temperature, pressure, fault


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 48)
        self.fc2 = nn.Linear(48, 48)
        self.fc3 = nn.Linear(48, 48)

    def forward(self, x):
        self.a1 = torch.relu(self.fc1(x))
        self.a2 = torch.relu(self.fc2(self.a1))
        self.a3 = torch.relu(self.fc3(self.a2))
        return self.a3


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = Shared()
        self.temp = nn.Linear(48, 1)
        self.pres = nn.Linear(48, 1)
        self.fault = nn.Linear(48, 1)

    def forward(self, x):
        h = self.shared(x)
        return self.temp(h)[:, 0], self.pres(h)[:, 0], self.fault(h)[:, 0]


torch.manual_seed(12)
X, T, P, Fl = get_data(2000)
Xv, Tv, Pv, Fv = get_data(500)
net = MultiTask()
opt = optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
mse, bce = nn.MSELoss(), nn.BCEWithLogitsLoss()

print("%-6s %10s %10s %8s | %8s %8s %8s | %10s %10s %10s %10s" % (
    "iter", "L_temp", "L_pres", "L_fault", "on:fc1", "on:fc2", "on:fc3", "g:fc1", "g:fc2", "g:fc3", "g:temp"))
it = 0
for epoch in range(10):
    for idx in torch.randperm(2000).split(50):
        t, p, f = net(X[idx])
        lt, lp, lf = mse(t, T[idx]), mse(p, P[idx]), bce(f, Fl[idx])
        loss = lt + lp + 10 * lf
        opt.zero_grad()
        loss.backward()
        if it % 12 == 0:
            s = net.shared
            on = [(a > 0).float().mean().item() for a in (s.a1, s.a2, s.a3)]
            g = [m.weight.grad.norm().item() for m in (s.fc1, s.fc2, s.fc3, net.temp)]
            print("%-6d %10.4g %10.4g %8.4f | %8.3f %8.3f %8.3f | %10.3e %10.3e %10.3e %10.3e" % (it, lt, lp, lf, *on, *g))
        opt.step()
        it += 1

with torch.no_grad():
    t, p, f = net(Xv)
    r2 = 1 - mse(t, Tv).item() / Tv.var().item()
print("RESULT", json.dumps({"metric": "temperature_r2", "value": round(r2, 4)}))
