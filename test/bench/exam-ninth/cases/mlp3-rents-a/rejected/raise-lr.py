# rent prediction, homework 3
import torch
import torch.nn as nn
from torch.utils.data import TensorDataset, DataLoader
import json

torch.manual_seed(11)

# data: area, rooms, floor, km to centre, age
N = 1500
area = 20 + 100*torch.rand(N)
rooms = (area/28).round().clamp(1, 5)
floor = torch.randint(0, 12, (N,)).float()
km = 12*torch.rand(N)
age = 80*torch.rand(N)
rent = 250 + 9*area*torch.exp(-km/9) + 15*floor - 1.5*age + 40*rooms + 30*torch.randn(N)

X = torch.stack([area, rooms, floor, km, age], dim=1)
X = (X - X.mean(0))/X.std(0)
y = (rent - rent.mean())/rent.std()

X_train, y_train = X[:1200], y[:1200]
X_test, y_test = X[1200:], y[1200:]

train_loader = DataLoader(TensorDataset(X_train, y_train), batch_size=40, shuffle=True)

net = nn.Sequential(
    nn.Linear(5, 64),
    nn.ReLU(),
    nn.Linear(64, 64),
    nn.ReLU(),
    nn.Linear(64, 1)
)

optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
num_epochs = 25

for epoch in range(num_epochs):
    for i, (xb, yb) in enumerate(train_loader):
        pred = net(xb)
        loss = ((pred - yb)**2).mean()
        optimizer.zero_grad()
        loss.backward()
        # total gradient norm
        total = 0.0
        for p in net.parameters():
            total += p.grad.data.norm(2).item()**2
        total = total**0.5
        optimizer.step()
        if (i+1) % 6 == 0:
            print('Epoch [{}/{}], Step [{}/{}], Loss: {:.4f}, Grad: {:.5f}'.format(epoch+1, num_epochs, i+1, len(train_loader), loss.item(), total))

net.eval()
with torch.no_grad():
    p = net(X_test).squeeze(1)
    r2 = 1 - ((p - y_test)**2).sum()/((y_test - y_test.mean())**2).sum()
print('RESULT ' + json.dumps({'metric': 'test_r2', 'value': round(r2.item(), 4)}))
