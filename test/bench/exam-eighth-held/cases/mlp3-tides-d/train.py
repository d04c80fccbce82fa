import sys, json, math
import torch as th
from torch.nn import functional as F
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts

# tide height at 5 ports from astronomical phases

def tide_table(n):
    hrs = th.rand(n, 1) * 24 * 60
    speeds = th.tensor([28.984, 30.0, 28.44, 15.041, 13.943]) * math.pi / 180
    ph = hrs * speeds
    feats = th.cat([ph.sin(), ph.cos()], 1)
    amp = th.tensor([[1.2, .4, .25, .1, .08], [.7, .5, .1, .2, .1], [1.8, .6, .4, .1, .1], [.3, .1, .05, .4, .3], [1., .2, .2, .3, .2]])
    lag = th.linspace(0, 2, 5)[:, None] + th.arange(5.)[None] * .3
    h = (amp[None] * th.cos(ph[:, None, :] - lag[None])).sum(-1)
    h = h + .15 * h * h.abs()      # shallow water
    return feats, h

th.manual_seed(10)
X, Y = tide_table(3000)
Xt, Yt = tide_table(800)

net = th.nn.Sequential(th.nn.Linear(10, 64), th.nn.GELU(), th.nn.Linear(64, 64), th.nn.GELU(), th.nn.Linear(64, 5))
ITERS, CYC = 480, 120
opt = th.optim.Adam(net.parameters(), lr=.05)
sch = CosineAnnealingWarmRestarts(opt, T_0=CYC, eta_min=1e-3)

avg = None
for i in range(ITERS):
    j = th.randint(0, len(X), (50,))
    L = F.mse_loss(net(X[j]), Y[j])
    opt.zero_grad(); L.backward()
    g = math.sqrt(sum(p.grad.square().sum().item() for p in net.parameters()))
    opt.step(); sch.step()
    avg = L.item() if avg is None else .9 * avg + .1 * L.item()
    done = (i + 1) / ITERS
    bar = ('#' * int(done * 10)).ljust(10)
    if i % 2 == 1:
        print(f'\r{int(100 * done):3d}%|{bar}| {i + 1}/{ITERS} [cycle={i // CYC} loss={L.item():.3e} avg={avg:.3e} grad={g:.3e} lr={opt.param_groups[0]["lr"]:.3f}]', end='', flush=True)
print()
with th.no_grad():
    fvu = (F.mse_loss(net(Xt), Yt) / Yt.var()).item()
print('RESULT', json.dumps(dict(metric='fvu', value=round(fvu, 5))))
