# PINN: steady temperature u(x) in a heated rod, u'' = -4 sin(2x), u(0)=0, u(pi)=0. Exact: sin(2x)
import csv, json, math
import torch

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)

W = [torch.nn.Parameter(0.7 * torch.randn(1, 20)), torch.nn.Parameter(torch.randn(20, 20) / 20 ** 0.5), torch.nn.Parameter(torch.randn(20, 1) / 20 ** 0.5)]
B = [torch.nn.Parameter(torch.randn(20)), torch.nn.Parameter(torch.zeros(20)), torch.nn.Parameter(torch.zeros(1))]


def u(x):
    h = torch.tanh(x @ W[0] + B[0])
    h = torch.tanh(h @ W[1] + B[1])
    return x * (math.pi - x) * (h @ W[2] + B[2])


def residual(x):
    x = x.requires_grad_(True)
    y = u(x)
    dy, = torch.autograd.grad(y.sum(), x, create_graph=True)
    d2y, = torch.autograd.grad(dy.sum(), x, create_graph=True)
    return d2y + 4 * torch.sin(2 * x)


params = W + B
opt = torch.optim.Adam(params, lr=3e-2)
sched = torch.optim.lr_scheduler.ExponentialLR(opt, gamma=0.995)
grid = torch.linspace(0, math.pi, 40).unsqueeze(1)

f = open('pinn_history.csv', 'w')
out = csv.writer(f, delimiter=';')
out.writerow(['it', 'loss', 'lr', 'grad_W0', 'grad_W1', 'grad_W2', 'grad_B0', 'grad_B1', 'grad_B2'])
for it in range(1300):
    opt.zero_grad()
    loss = residual(grid.clone()).pow(2).mean()
    loss.backward()
    if it % 10 == 0:
        out.writerow([it, '%.6e' % loss.item(), '%.3e' % sched.get_last_lr()[0]] + ['%.6e' % p.grad.norm().item() for p in params])
    opt.step()
    sched.step()
f.close()

x = torch.linspace(0, math.pi, 200).unsqueeze(1)
with torch.no_grad():
    err = (u(x) - torch.sin(2 * x)).abs().max().item()
print('RESULT', json.dumps({'metric': 'max_error', 'value': float('%.4e' % err)}))
