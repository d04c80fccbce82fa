import json, csv
import torch
import torch.nn as nn

def positive_(layer):
    # energies are non-negative, so start from non-negative mixing weights
    with torch.no_grad():
        layer.weight.uniform_(0, 2.0 / layer.in_features)
        layer.bias.zero_()
    return layer

def spectrogram_db(n):
    """band levels in dB re full scale, always below zero"""
    kind = torch.randint(0, 4, (n,))
    level = -60 + 6 * torch.randn(n, 24)
    for k in range(4):
        level[kind == k, 6 * k:6 * k + 6] += 12
    return level.clamp(max=0.0), kind

torch.manual_seed(2)
net = nn.Sequential(
    positive_(nn.Linear(24, 64)), nn.ReLU(),
    positive_(nn.Linear(64, 64)), nn.ReLU(),
    positive_(nn.Linear(64, 32)), nn.ReLU(),
    nn.Linear(32, 4))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
lossf = nn.CrossEntropyLoss()
x, y = spectrogram_db(1500)
log = csv.writer(open("train_log.csv", "w"))
log.writerow(["iteration", "loss", "grad_norm"])
for it in range(600):
    b = torch.randint(0, 1200, (32,))
    opt.zero_grad()
    loss = lossf(net(x[b]), y[b])
    loss.backward()
    norm = sum(p.grad.norm() ** 2 for p in net.parameters()) ** 0.5
    opt.step()
    log.writerow([it, round(loss.item(), 5), round(norm.item(), 6)])
acc = (net(x[1200:]).argmax(1) == y[1200:]).float().mean()
print("RESULT", json.dumps({"metric": "acc", "value": acc.item()}))
