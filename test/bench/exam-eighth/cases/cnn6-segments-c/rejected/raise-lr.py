# assignment 4: read the digit on a (noisy) seven segment display
import torch
import torch.nn as nn
import numpy as np
import json

np.random.seed(0)
torch.manual_seed(0)

# which of the segments a..g is on for the digits 0..9
SEG = ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"]
# row start, row end, col start, col end
BOX = {"a": (1, 2, 2, 6), "b": (2, 6, 6, 7), "c": (7, 11, 6, 7), "d": (11, 12, 2, 6),
       "e": (7, 11, 1, 2), "f": (2, 6, 1, 2), "g": (6, 7, 2, 6)}


def make(n):
    X = np.zeros((n, 1, 16, 12), dtype=np.float32)
    y = np.random.randint(0, 10, n)
    for i in range(n):
        dy = np.random.randint(0, 4)
        dx = np.random.randint(0, 4)
        for s in SEG[y[i]]:
            r0, r1, c0, c1 = BOX[s]
            X[i, 0, r0 + dy:r1 + dy, c0 + dx:c1 + dx] = 0.6 + 0.4 * np.random.rand()
    X = X + 0.15 * np.random.randn(*X.shape).astype(np.float32)
    return torch.tensor(X), torch.tensor(y)


Xtr, ytr = make(1600)
Xte, yte = make(500)


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1)
        self.conv3 = nn.Conv2d(8, 16, 3, padding=1)
        self.conv4 = nn.Conv2d(16, 16, 3, padding=1)
        self.fc1 = nn.Linear(16 * 4 * 3, 64)
        self.fc2 = nn.Linear(64, 10)
        self.act = nn.Sigmoid()
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        x = self.act(self.conv1(x))
        x = self.act(self.conv2(x))
        x = self.pool(x)
        x = self.act(self.conv3(x))
        x = self.act(self.conv4(x))
        x = self.pool(x)
        x = x.view(x.size(0), -1)
        x = self.act(self.fc1(x))
        return self.fc2(x)


net = Net()
loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)

for epoch in range(12):
    order = torch.randperm(len(Xtr))
    tot = 0
    for k in range(0, len(Xtr), 32):
        idx = order[k:k + 32]
        opt.zero_grad()
        loss = loss_fn(net(Xtr[idx]), ytr[idx])
        loss.backward()
        opt.step()
        tot += loss.item()
    print("epoch", epoch, "loss", tot / 50)
    # look at the gradients of the last batch
    for name, p in net.named_parameters():
        print("Gradient norm for %s: %.10f" % (name, p.grad.norm()))

with torch.no_grad():
    acc = (net(Xte).argmax(1) == yte).float().mean().item()
print("test accuracy", acc)
print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))
