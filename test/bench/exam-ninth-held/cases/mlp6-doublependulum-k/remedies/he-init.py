# double pendulum: angular accelerations from the state. plain tensors, no nn.Module
import json
from math import sqrt
import torch
import torch.nn.functional as F

g, l1, l2, m1, m2 = 9.81, 1.0, 0.8, 1.0, 0.6

def accel(s):
    a, b, wa, wb = s.unbind(1)
    d = a - b
    den = 2 * m1 + m2 - m2 * torch.cos(2 * d)
    aa = (-g * (2 * m1 + m2) * torch.sin(a) - m2 * g * torch.sin(a - 2 * b)
          - 2 * torch.sin(d) * m2 * (wb ** 2 * l2 + wa ** 2 * l1 * torch.cos(d))) / (l1 * den)
    ab = (2 * torch.sin(d) * (wa ** 2 * l1 * (m1 + m2) + g * (m1 + m2) * torch.cos(a)
          + wb ** 2 * l2 * m2 * torch.cos(d))) / (l2 * den)
    return torch.stack([aa, ab], 1)

def states(n):
    return torch.cat([2.4 * torch.rand(n, 2) - 1.2, 3 * torch.rand(n, 2) - 1.5], 1)

sizes = [4, 40, 40, 40, 40, 40, 2]

def init_params():
    P = {}
    for i, (m, n) in enumerate(zip(sizes[:-1], sizes[1:])):
        P['W%d' % i] = (torch.randn(m, n) * sqrt(2 / m)).requires_grad_()
        P['b%d' % i] = torch.zeros(n, requires_grad=True)
    return P

def net(P, x):
    L = len(sizes) - 1
    for i in range(L - 1):
        x = F.relu(x @ P['W%d' % i] + P['b%d' % i])
    return x @ P['W%d' % (L - 1)] + P['b%d' % (L - 1)]

def main():
    torch.manual_seed(12)
    xs = states(3000); ys = accel(xs)
    scale = ys.std(0); ys = ys / scale
    xt, yt = xs[2500:], ys[2500:]
    P = init_params()
    opt = torch.optim.Adam(P.values(), lr=2e-3)
    for it in range(601):
        i = torch.randint(0, 2500, (64,))
        loss = ((net(P, xs[i]) - ys[i]) ** 2).mean()
        opt.zero_grad(); loss.backward()
        if it % 15 == 0:
            print('it %d   loss %.6g' % (it, loss))
            for k, p in P.items():
                if k[0] == 'W':
                    print('   |grad %s| = %.4g' % (k, sqrt((p.grad ** 2).sum())))
        opt.step()
    with torch.no_grad():
        nmse = (((net(P, xt) - yt) ** 2).mean() / yt.var(0).mean()).item()
    print('RESULT ' + json.dumps({'metric': 'test_nmse', 'value': round(nmse, 5)}))

main()
