# Permutation-invariant regression: from a set of 2-D points predict how widely they are spread.
import json
from collections import OrderedDict

import torch
import torch.nn.functional as F

WIDTH = 48
PHI = 5
RHO = 5
rng = torch.Generator().manual_seed(77)


def new_weight(rows, cols):
    w = torch.empty(rows, cols).normal_(0.0, 0.015, generator=rng)
    return w.requires_grad_()


def new_bias(rows):
    return torch.zeros(rows, requires_grad=True)


def init_params():
    p = OrderedDict()
    dims = [2] + [WIDTH] * PHI
    for i in range(PHI):
        p["phi%d.w" % i], p["phi%d.b" % i] = new_weight(dims[i + 1], dims[i]), new_bias(dims[i + 1])
    for i in range(RHO):
        p["rho%d.w" % i], p["rho%d.b" % i] = new_weight(WIDTH, WIDTH), new_bias(WIDTH)
    p["out.w"], p["out.b"] = new_weight(1, WIDTH), new_bias(1)
    return p


def forward(p, sets):
    h = sets
    for i in range(PHI):
        z = F.relu(F.linear(h, p["phi%d.w" % i], p["phi%d.b" % i]))
        h = z if i == 0 else h + z
    h = h.mean(dim=1)
    for i in range(RHO):
        h = h + F.relu(F.linear(h, p["rho%d.w" % i], p["rho%d.b" % i]))
    return F.linear(h, p["out.w"], p["out.b"]).squeeze(-1)


def draw(n, points=12):
    scale = 0.3 + 1.7 * torch.rand(n, 1, 1, generator=rng)
    sets = scale * torch.randn(n, points, 2, generator=rng)
    radius = (sets - sets.mean(1, keepdim=True)).norm(dim=-1).mean(1)
    return sets, radius


def report(step, loss, p):
    print("== update %d | mse %.6f" % (step, loss))
    for name, t in p.items():
        if name.endswith(".w"):
            print("%s: %.4e" % (name, t.grad.norm()))


params = init_params()
sgd = torch.optim.SGD(list(params.values()), lr=0.02, momentum=0.9)
train_x, train_y = draw(1500)
test_x, test_y = draw(400)

for update in range(1, 601):
    pick = torch.randint(0, len(train_x), (48,), generator=rng)
    mse = F.mse_loss(forward(params, train_x[pick]), train_y[pick])
    sgd.zero_grad()
    mse.backward()
    if update % 20 == 1:
        report(update, mse.item(), params)
    sgd.step()

with torch.no_grad():
    err = F.mse_loss(forward(params, test_x), test_y) / test_y.var()
print("RESULT " + json.dumps({"metric": "relative_mse", "value": round(err.item(), 5)}))
