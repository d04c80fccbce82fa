# Sitting posture (6 kinds) from a 4x4 pressure mat and two accelerometer readings.
import json

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(13)
KINDS = 6


def mat_readings(n, templates):
    kind = torch.randint(0, KINDS, (n,))
    weight = 0.8 + 0.4 * torch.rand(n, 1)
    x = 4 * weight * templates[kind] + 0.8 * torch.randn(n, 18)
    return x, kind


class Posture(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [18, 64, 48, 32]
        self.hidden = nn.ModuleList()
        for a, b in zip(sizes, sizes[1:]):
            layer = nn.Linear(a, b)
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
            self.hidden.append(layer)
        self.kind = nn.Linear(sizes[-1], KINDS)

    def forward(self, x):
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.kind(x)


def print_grads(tag, net):
    print(tag)
    for name, p in net.named_parameters():
        print(f"{name}: {0.0 if p.grad is None else float(p.grad.norm()):.5e}")


templates = torch.rand(KINDS, 18)
train_x, train_y = mat_readings(1500, templates)
test_x, test_y = mat_readings(500, templates)
net = Posture()
optimizer = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)

for step in range(400):
    pick = torch.randint(0, len(train_x), (50,))
    logits = net(train_x[pick])
    loss = F.cross_entropy(logits, train_y[pick])
    optimizer.zero_grad()
    loss.backward()
    if step % 10 == 0:
        hits = (logits.argmax(1) == train_y[pick]).float().mean()
        print_grads(f"step {step}: loss {loss.item():.4f}, batch accuracy {hits:.2f}", net)
    optimizer.step()

net.eval()
with torch.no_grad():
    accuracy = (net(test_x).argmax(1) == test_y).float().mean().item()
print("RESULT", json.dumps({"metric": "accuracy", "value": round(accuracy, 4)}))
