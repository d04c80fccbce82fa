# Homework 3: which symbol came first?
import json
import torch
import torch.nn as nn

torch.manual_seed(7)
T = 60
C = 4

def make(n):
    x = 0.3 * torch.randn(n, T, C)
    y = torch.randint(0, C, (n,))
    x[torch.arange(n), 0, y] += 2.0
    return x, y

xtrain, ytrain = make(1500)
xtest, ytest = make(500)

rnn = nn.RNN(C, 32, batch_first=True)
head = nn.Linear(32, C)
params = list(rnn.parameters()) + list(head.parameters())
opt = torch.optim.Adam(params, lr=1e-3)
lossfn = nn.CrossEntropyLoss()

for epoch in range(14):
    perm = torch.randperm(len(xtrain))
    tot, right = 0, 0
    for i in range(0, len(xtrain), 50):
        idx = perm[i:i + 50]
        out, _ = rnn(xtrain[idx])
        logits = head(out[:, -1])
        loss = lossfn(logits, ytrain[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        tot += loss.item() * len(idx)
        right += (logits.argmax(1) == ytrain[idx]).sum().item()
    print("epoch", epoch, "loss", round(tot / len(xtrain), 4), "acc", round(right / len(xtrain), 3))
    for name, p in list(rnn.named_parameters()) + list(head.named_parameters("head")):
        print("   ", name, "mean |grad| =", "%.3e" % p.grad.abs().mean().item())
    # how much of the signal gets back to each time step?
    h = torch.zeros(1, 20, 32)
    xs = xtrain[perm[:20]].clone().requires_grad_(True)
    lossfn(head(rnn(xs, h)[0][:, -1]), ytrain[perm[:20]]).backward()
    print("    dL/dx:", " ".join("t%d=%.1e" % (t, xs.grad[:, t].norm().item()) for t in [0, 15, 30, 45, 59]))

with torch.no_grad():
    acc = (head(rnn(xtest)[0][:, -1]).argmax(1) == ytest).float().mean().item()
print("test accuracy", acc)
print("RESULT", json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))
