"""Distil a wide teacher into a narrow student; cosine schedule with warm restarts."""
import json
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts


class Net(nn.Module):
    def __init__(self, width, n_classes=6):
        super().__init__()
        self.fc1 = nn.Linear(12, width)
        self.fc2 = nn.Linear(width, width)
        self.fc3 = nn.Linear(width, n_classes)

    def forward(self, x):
        return self.fc3(F.elu(self.fc2(F.elu(self.fc1(x)))))


def signals(n, centres):
    y = torch.randint(0, len(centres), (n,))
    return centres[y] + 0.8 * torch.randn(n, 12), y


def distill_loss(student_logits, teacher_logits, y, temperature=3.0, alpha=0.7):
    soft = F.kl_div(F.log_softmax(student_logits / temperature, 1), F.softmax(teacher_logits / temperature, 1), reduction="batchmean")
    return alpha * temperature ** 2 * soft + (1 - alpha) * F.cross_entropy(student_logits, y)


torch.manual_seed(48)
centres = torch.randn(6, 12)
teacher, student = Net(96), Net(16)
opt = torch.optim.Adam(teacher.parameters(), lr=2e-3)
for _ in range(150):
    x, y = signals(64, centres)
    opt.zero_grad()
    F.cross_entropy(teacher(x), y).backward()
    opt.step()
teacher.requires_grad_(False)

opt = torch.optim.SGD(student.parameters(), lr=0.15, momentum=0.9)
sched = CosineAnnealingWarmRestarts(opt, T_0=100)
n = 500
for i in range(n):
    x, y = signals(32, centres)
    loss = distill_loss(student(x), teacher(x), y)
    opt.zero_grad()
    loss.backward()
    norm = torch.stack([p.grad.norm() for p in student.parameters()]).norm().item()
    opt.step()
    if i % 2 == 0:
        sys.stdout.write(f"\rdistil: {100 * i / n:3.0f}%|{'█' * (20 * i // n):<20}| {i}/{n} [00:0{i // 100}<00:0{(n - i) // 101}, 96.31it/s, loss={loss.item():.4f}, gn={norm:.4f}, lr={sched.get_last_lr()[0]:.4f}]")
        sys.stdout.flush()
    sched.step()
sys.stdout.write("\n")
x, y = signals(2000, centres)
with torch.no_grad():
    acc = (student(x).argmax(1) == y).float().mean().item()
print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))
