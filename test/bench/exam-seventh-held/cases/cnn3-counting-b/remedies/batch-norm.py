"""Count the bright dots on 8-bit camera frames (regression)."""
import json

import torch
import torch.nn as nn


class Counter(nn.Module):
    def __init__(self):
        super(Counter, self).__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(16, 16, 3, stride=2, padding=1)
        self.bn1, self.bn2, self.bn3 = nn.BatchNorm2d(8), nn.BatchNorm2d(16), nn.BatchNorm2d(16)
        self.fc1 = nn.Linear(16 * 4 * 4, 32)
        self.fc2 = nn.Linear(32, 1)
        self.relu = nn.ReLU()

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.relu(self.bn3(self.conv3(out)))
        out = self.relu(self.fc1(out.flatten(1)))
        return self.fc2(out).squeeze(1)


class Frames(torch.utils.data.Dataset):
    def __init__(self, n, seed, size=16):
        rng = torch.Generator().manual_seed(seed)
        self.count = torch.randint(0, 9, (n,), generator=rng)
        self.frames = torch.randint(0, 25, (n, 1, size, size), generator=rng).float()
        for i, k in enumerate(self.count.tolist()):
            for cell in torch.randperm(64, generator=rng)[:k].tolist():
                r, c = 2 * (cell // 8), 2 * (cell % 8)
                self.frames[i, 0, r:r + 2, c] = 255.0

    def __len__(self):
        return len(self.count)

    def __getitem__(self, i):
        return self.frames[i], self.count[i].float()


def layer_report(model):
    report = {}
    for name, module in model.named_children():
        if hasattr(module, "weight"):
            report[name] = {"weight": round(module.weight.grad.norm().item(), 6), "bias": round(module.bias.grad.norm().item(), 6)}
    return report


torch.manual_seed(70)
train_loader = torch.utils.data.DataLoader(Frames(640, 1), batch_size=32, shuffle=True)
test_set = Frames(200, 2)
model = Counter()
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

step = 0
for epoch in range(10):
    for frames, count in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(frames), count)
        loss.backward()
        if step % 4 == 0:
            print(json.dumps({"step": step, "epoch": epoch, "loss": round(loss.item(), 5), "grad_norms": layer_report(model)}))
        optimizer.step()
        step += 1

model.eval()
with torch.no_grad():
    err = (model(test_set.frames) - test_set.count.float()).abs().mean().item()
print("RESULT " + json.dumps({"metric": "mean_abs_error", "value": round(err, 4)}))
