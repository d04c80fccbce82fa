# lab 4 - soil classification with a deeper network
import torch
import torch.nn as nn
import numpy as np
import json

torch.manual_seed(0)
np.random.seed(0)

# ---- data: 9 measurements, 5 soil types ----
N = 1500
centers = np.random.randn(5, 9) * 1.6
types = np.random.randint(0, 5, N)
meas = centers[types] + np.random.randn(N, 9)
meas[:, 0] = meas[:, 0] * meas[:, 1]
meas = (meas - meas.mean(0)) / meas.std(0)
X = torch.tensor(meas, dtype=torch.float32)
Y = torch.tensor(types, dtype=torch.long)
Xtr, Ytr = X[:1200], Y[:1200]
Xte, Yte = X[1200:], Y[1200:]

# ---- model ----
model = nn.Sequential(
    nn.Linear(9, 50),
    nn.Sigmoid(),
    nn.Linear(50, 50),
    nn.Sigmoid(),
    nn.Linear(50, 50),
    nn.Sigmoid(),
    nn.Linear(50, 50),
    nn.Sigmoid(),
    nn.Linear(50, 50),
    nn.Sigmoid(),
    nn.Linear(50, 50),
    nn.Sigmoid(),
    nn.Linear(50, 50),
    nn.Sigmoid(),
    nn.Linear(50, 5)
)

for m in model:
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

for epoch in range(60):
    perm = torch.randperm(1200)
    total = 0
    for i in range(0, 1200, 40):
        xb = Xtr[perm[i:i+40]]
        yb = Ytr[perm[i:i+40]]
        optimizer.zero_grad()
        out = model(xb)
        loss = criterion(out, yb)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    print("epoch", epoch, "train loss:", total / 1200)
    if epoch % 5 == 0:
        # what are the gradients doing?
        for name, param in model.named_parameters():
            if "weight" in name:
                print("Gradient norm for", name + ":", param.grad.norm().item())

with torch.no_grad():
    acc = (model(Xte).argmax(1) == Yte).float().mean().item()
print("test accuracy", acc)
print("RESULT " + json.dumps({"metric": "test_acc", "value": round(acc, 4)}))
