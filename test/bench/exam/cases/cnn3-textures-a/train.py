"""Texture patches: 24 classes of oriented stripes."""
import json
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, n_classes=24):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 5, padding=2)
        self.conv2 = nn.Conv2d(12, 24, 3, padding=1)
        self.fc1 = nn.Linear(24 * 4 * 4, 64)
        self.fc2 = nn.Linear(64, n_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return F.softmax(self.fc2(x), dim=1)


def patches(n, g):
    y = torch.randint(0, 24, (n,), generator=g)
    r = torch.arange(16).float()
    yy, xx = torch.meshgrid(r, r, indexing="ij")
    angle = (y % 8).float().view(-1, 1, 1) * 3.14159 / 8
    freq = 0.5 + 0.5 * (y // 8).float().view(-1, 1, 1)
    phase = torch.rand(n, 1, 1, generator=g) * 6.28
    img = torch.sin((xx * angle.cos() + yy * angle.sin()) * freq + phase)
    return (img + 0.3 * torch.randn(n, 16, 16, generator=g)).unsqueeze(1), y


torch.manual_seed(0)
g = torch.Generator().manual_seed(0)
train_x, train_y = patches(1200, g)
test_x, test_y = patches(600, g)
model = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)

total, batch = 8, 30
n_batches = len(train_x) // batch
for epoch in range(total):
    order = torch.randperm(len(train_x), generator=g)
    for b in range(n_batches):
        idx = order[b * batch:(b + 1) * batch]
        optimizer.zero_grad()
        loss = criterion(model(train_x[idx]), train_y[idx])
        loss.backward()
        optimizer.step()
        done = int(10 * (b + 1) / n_batches)
        sys.stdout.write(f"\rEpoch {epoch}: {100 * (b + 1) // n_batches:3d}%|{'#' * done}{'.' * (10 - done)}| {b + 1}/{n_batches} [00:00<00:00, 60.1it/s, loss={loss.item():.3f}]")
    sys.stdout.write("\n")

with torch.no_grad():
    acc = (model(test_x).argmax(1) == test_y).float().mean().item()
print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))
