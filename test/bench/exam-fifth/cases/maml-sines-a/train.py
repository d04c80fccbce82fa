import json
import math
from collections import OrderedDict

import torch
import torch.nn.functional as F


def make_weights(hidden=40):
    w = OrderedDict()
    for i, (a, b) in enumerate([(1, hidden), (hidden, hidden), (hidden, 1)], 1):
        w[f"W{i}"] = (torch.randn(b, a) / math.sqrt(a)).requires_grad_()
        w[f"b{i}"] = torch.zeros(b, requires_grad=True)
    return w


def net(w, x):
    x = torch.tanh(F.linear(x, w["W1"], w["b1"]))
    x = torch.tanh(F.linear(x, w["W2"], w["b2"]))
    return F.linear(x, w["W3"], w["b3"])


class SineTask:
    def __init__(self):
        self.amp = 0.5 + 2.5 * torch.rand(1)
        self.phase = math.pi * torch.rand(1)

    def sample(self, k):
        x = 10 * torch.rand(k, 1) - 5
        return x / 2.5, self.amp * torch.sin(x + self.phase)


def adapt(w, x, y, inner_lr, steps):
    fast = w
    for _ in range(steps):
        loss = F.mse_loss(net(fast, x), y)
        grads = torch.autograd.grad(loss, list(fast.values()))
        fast = OrderedDict((n, (p - inner_lr * g).detach().requires_grad_()) for (n, p), g in zip(fast.items(), grads))
    return fast, loss.item()


def evaluate(w, inner_lr, tasks=150):
    torch.manual_seed(4321)
    tot = 0.0
    for _ in range(tasks):
        t = SineTask()
        fast, _ = adapt(w, *t.sample(10), inner_lr, 3)
        x, y = t.sample(50)
        tot += F.mse_loss(net(fast, x), y).item()
    return tot / tasks


def main(meta_iters=600, tasks_per_iter=4, inner_lr=0.05, meta_lr=3e-3):
    torch.manual_seed(6)
    w = make_weights()
    meta_opt = torch.optim.Adam(w.values(), lr=meta_lr)
    hist = []
    for i in range(meta_iters):
        meta_opt.zero_grad()
        outer = 0.0
        for _ in range(tasks_per_iter):
            t = SineTask()
            fast, inner = adapt(w, *t.sample(10), inner_lr, 1)
            x, y = t.sample(15)
            outer = outer + F.mse_loss(net(fast, x), y) / tasks_per_iter
        outer.backward()
        meta_opt.step()
        hist.append(outer.item())
        if i % 25 == 0:
            g = {n: (0.0 if p.grad is None else p.grad.norm().item()) for n, p in w.items()}
            print(f"meta-iter {i:4d}  outer {sum(hist[-25:]) / len(hist[-25:]):.4f}  inner {inner:.4f}  meta-grads " + " ".join(f"{n}={v:.4f}" for n, v in g.items()))
    mse = evaluate(w, inner_lr)
    print("RESULT " + json.dumps({"metric": "post_adaptation_mse", "value": round(mse, 4)}))


main()
