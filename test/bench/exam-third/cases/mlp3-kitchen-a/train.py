import json
import torch
import torch.nn as nn
import torch.optim as optim

# homework 4: predict the power class of a kitchen appliance from its meter readings
torch.manual_seed(8)

N = 1500
volts = 215 + 20 * torch.rand(N)
watts = 200 + 2800 * torch.rand(N)
seconds = 3600 * torch.rand(N)
temp = 15 + 10 * torch.rand(N)
X = torch.stack([volts, watts, seconds, temp], dim=1)
energy = watts * seconds
# energy class 0 / 1 / 2
Y = (energy > 1.2e6).long() + (energy > 3.2e6).long()

X_train, Y_train = X[:1200], Y[:1200]
X_test, Y_test = X[1200:], Y[1200:]


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(4, 50)
        self.fc2 = nn.Linear(50, 50)
        self.fc3 = nn.Linear(50, 3)

    def forward(self, x):
        x = torch.tanh(self.fc1(x))
        x = torch.tanh(self.fc2(x))
        # x = self.dropout(x)
        return self.fc3(x)


net = Net()
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

f = open("history.jsonl", "w")
for epoch in range(40):
    perm = torch.randperm(1200)
    epoch_loss = 0
    for i in range(0, 1200, 50):
        inputs, labels = X_train[perm[i:i + 50]], Y_train[perm[i:i + 50]]
        optimizer.zero_grad()
        loss = criterion(net(inputs), labels)
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item()
    norms = {"grad_" + n: float("%.4g" % p.grad.norm()) for n, p in net.named_parameters() if "weight" in n}
    f.write(json.dumps({"epoch": epoch, "loss": round(epoch_loss / 24, 5), **norms}) + "\n")
f.close()

correct = (net(X_test).argmax(dim=1) == Y_test).sum().item()
print("Accuracy on the test set: %d %%" % (100 * correct / len(Y_test)))
print("RESULT " + json.dumps({"metric": "test_acc", "value": correct / len(Y_test)}))
