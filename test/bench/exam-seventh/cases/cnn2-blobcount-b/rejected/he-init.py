import json

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


class BlobCount(Dataset):
    """Pictures with one to four bright blobs; the label is the number of blobs."""

    def __init__(self, n, seed, size=16):
        g = torch.Generator().manual_seed(seed)
        yy, xx = torch.meshgrid(torch.arange(size).float(), torch.arange(size).float(), indexing="ij")
        spots = torch.tensor([[4.0, 4.0], [4.0, 11.0], [11.0, 4.0], [11.0, 11.0]])
        self.y = torch.randint(0, 4, (n,), generator=g)
        self.x = 0.1 * torch.randn(n, 1, size, size, generator=g)
        for i, k in enumerate(self.y.tolist()):
            for j in torch.randperm(4, generator=g)[:k + 1]:
                cy, cx = spots[j] + 2 * torch.rand(2, generator=g) - 1
                self.x[i, 0] += torch.exp(-((yy - cy) ** 2 + (xx - cx) ** 2) / 4)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv_a = nn.Conv2d(1, 12, 3, padding=1)
        self.conv_b = nn.Conv2d(12, 16, 3, padding=1)
        self.dense = nn.Linear(16 * 16, 40)
        self.logits = nn.Linear(40, 4)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv_a(x)), 2)
        x = F.max_pool2d(F.relu(self.conv_b(x)), 2)
        x = F.relu(self.dense(x.flatten(1)))
        return self.logits(x)


torch.manual_seed(14)
train = DataLoader(BlobCount(960, 1), batch_size=32, shuffle=True)
test = DataLoader(BlobCount(320, 2), batch_size=80)
model = Counter()
for m in (model.conv_a, model.conv_b, model.dense):
    nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
conv_params = list(model.conv_a.parameters()) + list(model.conv_b.parameters())
dense_params = list(model.dense.parameters()) + list(model.logits.parameters())
optimizer = torch.optim.SGD([{"params": conv_params, "lr": 0.8},
                             {"params": dense_params, "lr": 0.8}], lr=0.8, momentum=0.9)

step = 0
for epoch in range(12):
    for x, y in train:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        if step % 4 == 0:
            entry = {"step": step, "epoch": epoch, "train/loss": round(loss.item(), 6)}
            entry.update({f"gradients/{n}": float(f"{p.grad.norm().item():.6g}") for n, p in model.named_parameters()})
            print(json.dumps(entry))
        optimizer.step()
        step += 1

hits = 0
with torch.no_grad():
    for x, y in test:
        hits += (model(x).argmax(1) == y).sum().item()
print("RESULT " + json.dumps({"metric": "test_acc", "value": round(hits / len(test.dataset), 4)}))
