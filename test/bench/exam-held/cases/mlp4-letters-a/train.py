import json

import torch
from torch import nn


class LetterNet(nn.Module):
    def __init__(self, n_in=35, n_hidden=64, n_out=10):
        super().__init__()
        self.w1 = nn.Linear(n_in, n_hidden)
        self.w2 = nn.Linear(n_hidden, n_hidden)
        self.w3 = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        x = torch.tanh(self.w1(x))
        x = torch.tanh(self.w2(x))
        return self.w3(x)


def letters(n, shapes):
    y = torch.randint(0, len(shapes), (n,))
    return shapes[y] + 0.5 * torch.randn(n, shapes.shape[1]), y


def total_norm(module):
    return torch.stack([p.grad.detach().norm() for p in module.parameters()]).norm()


def train_epoch(model, shapes, optimizer, loss_fn, n_batches=25):
    losses, norms = 0.0, 0.0
    for _ in range(n_batches):
        x, y = letters(32, shapes)
        out = model(x)
        loss = loss_fn(out, y)
        loss.backward()
        norms += total_norm(model).item()
        optimizer.zero_grad()
        optimizer.step()
        losses += loss.item()
    return losses / n_batches, norms / n_batches


torch.manual_seed(36)
shapes = (torch.rand(10, 35) > 0.5).float() * 2 - 1
model = LetterNet()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss_fn = nn.CrossEntropyLoss()
print("+-------+------------+-----------+")
print("| epoch | train loss | grad norm |")
print("+-------+------------+-----------+")
for epoch in range(30):
    loss, norm = train_epoch(model, shapes, optimizer, loss_fn)
    print(f"| {epoch:5d} | {loss:10.5f} | {norm:9.5f} |")
print("+-------+------------+-----------+")
x, y = letters(1000, shapes)
with torch.no_grad():
    acc = (model(x).argmax(1) == y).float().mean().item()
print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))
