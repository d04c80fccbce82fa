# coding: utf-8
# # Recognising game tiles
# exported from tiles.ipynb

# In[1]:
import json
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(1); np.random.seed(1)

# In[2]:  draw tiles 16x16 uint8
def tile(kind):
    im = np.random.randint(0, 60, (16, 16))
    a, b = np.random.randint(1, 6, 2)
    v = np.random.randint(170, 256)
    if kind == 0:   im[a:a + 9, b + 3:b + 5] = v                            # vertical bar
    elif kind == 1: im[a + 3:a + 5, b:b + 9] = v                            # horizontal bar
    elif kind == 2:                                                         # diagonal
        for k in range(9): im[a + k, b + k] = v; im[a + k, b + k + 1] = v
    elif kind == 3: im[a:a + 9, b:b + 9] = v; im[a + 2:a + 7, b + 2:b + 7] = 20   # frame
    else:           im[a:a + 9, b + 3:b + 5] = v; im[a + 3:a + 5, b:b + 9] = v    # plus
    return im.astype(np.uint8)

labels = np.random.randint(0, 5, 1500)
images = np.stack([tile(k) for k in labels])
images.shape, images.dtype, images.max()

# In[3]:
X = torch.from_numpy(images).float().unsqueeze(1)
y = torch.from_numpy(labels).long()
Xtr, ytr, Xva, yva = X[:1200], y[:1200], X[1200:], y[1200:]

# In[4]:
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.bn0 = nn.BatchNorm2d(1)
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc1 = nn.Linear(16 * 4 * 4, 64)
        self.fc2 = nn.Linear(64, 5)
    def forward(self, x):
        x = self.bn0(x)
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc2(x)
net = Net()

# In[5]:
opt = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
names = [n for n, _ in net.named_parameters()]
out = open("grad_norms.csv", "w")
out.write(",".join(["step", "loss", "acc"] + names) + "\n")
step = 0
for epoch in range(8):
    p = torch.randperm(1200)
    for k in range(0, 1200, 40):
        xb, yb = Xtr[p[k:k + 40]], ytr[p[k:k + 40]]
        opt.zero_grad()
        logits = net(xb)
        loss = F.cross_entropy(logits, yb)
        loss.backward()
        step += 1
        if step % 3 == 1:
            acc = (logits.argmax(1) == yb).float().mean().item()
            row = [step, f"{loss.item():.4f}", f"{acc:.3f}"] + [f"{q.grad.norm().item():.4g}" for q in net.parameters()]
            out.write(",".join(map(str, row)) + "\n")
        opt.step()
out.close()

# In[6]:
net.eval()
with torch.no_grad():
    acc = (net(Xva).argmax(1) == yva).float().mean().item()
print("RESULT", json.dumps({"metric": "val_acc", "value": round(acc, 4)}))
