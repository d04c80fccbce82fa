"""Teacher -> student on three spirals. Gradients of the student are kept in half precision to halve the traffic
between workers (one worker here), therefore the loss is scaled."""
import csv
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

SCALE = 2.0 ** 17
TEMP = 4.0


def spirals(n, noise=0.12):
    y = torch.randint(0, 3, (n,))
    r = torch.rand(n) * 2.6 + 0.3
    a = 2.0 * r + y * 2 * math.pi / 3
    return torch.stack([r * a.cos(), r * a.sin()], 1) + noise * torch.randn(n, 2), y


def mlp(w, depth):
    layers, d = [], 2
    for _ in range(depth):
        layers += [nn.Linear(d, w), nn.ReLU()]
        d = w
    return nn.Sequential(*layers, nn.Linear(d, 3))


def train_teacher(x, y):
    t = mlp(96, 3)
    o = torch.optim.Adam(t.parameters(), lr=5e-3)
    for _ in range(400):
        i = torch.randint(0, len(x), (128,))
        l = F.cross_entropy(t(x[i]), y[i])
        o.zero_grad(); l.backward(); o.step()
    return t.eval()


def kd_loss(s, t, y, alpha):
    soft = F.kl_div(F.log_softmax(s / TEMP, 1), F.softmax(t / TEMP, 1), reduction="batchmean") * TEMP ** 2
    return alpha * soft + (1 - alpha) * F.cross_entropy(s, y)


def to_half_and_back(model):
    for p in model.parameters():
        p.grad = p.grad.half().float() / SCALE


def main():
    torch.manual_seed(101)
    x, y = spirals(1500)
    xv, yv = spirals(600)
    teacher = train_teacher(x, y)
    student = mlp(40, 2)
    opt = torch.optim.SGD(student.parameters(), lr=0.05, momentum=0.9)
    cols = [n for n, p in student.named_parameters() if p.dim() > 1]
    with open("distill.csv", "w", newline="") as fh:
        w = csv.writer(fh)
        w.writerow(["step", "alpha", "kd_loss", "student_acc"] + ["grad_norm." + c for c in cols])
        for step in range(1000):
            alpha = min(0.9, step / 600)
            i = torch.randint(0, len(x), (64,))
            with torch.no_grad():
                t = teacher(x[i])
            s = student(x[i])
            loss = kd_loss(s, t, y[i], alpha)
            opt.zero_grad()
            (loss * SCALE).backward()
            to_half_and_back(student)
            if step % 10 == 0:
                g = dict(student.named_parameters())
                w.writerow([step, round(alpha, 3), "%.5f" % loss.item(), "%.3f" % (s.argmax(1) == y[i]).float().mean().item()]
                           + ["%.5g" % g[c].grad.norm().item() for c in cols])
            opt.step()
    with torch.no_grad():
        acc = (student(xv).argmax(1) == yv).float().mean().item()
    print("RESULT " + json.dumps({"metric": "student_accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
