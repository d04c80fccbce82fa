import json
import random
import torch
import torch.nn as nn
import torch.nn.functional as F

# ---------------------------------------------------------------- data
INTENTS = 18
VOCAB = 260
random.seed(4)
torch.manual_seed(4)
keywords = [random.sample(range(60, VOCAB), 9) for _ in range(INTENTS)]


def utterance(intent):
    n_key = random.randint(2, 3)
    words = random.sample(keywords[intent], n_key) + [random.randrange(60) for _ in range(random.randint(3, 6))]
    random.shuffle(words)
    return (words + [0] * 9)[:9]


def dataset(n):
    labels = [random.randrange(INTENTS) for _ in range(n)]
    return torch.tensor([utterance(c) for c in labels]), torch.tensor(labels)


train_x, train_y = dataset(2560)
test_x, test_y = dataset(600)


# ---------------------------------------------------------------- model
class IntentClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.bag = nn.EmbeddingBag(VOCAB, 32, mode="mean")
        self.hidden = nn.Linear(32, 48)
        self.drop = nn.Dropout(0.1)
        self.output = nn.Linear(48, INTENTS)

    def forward(self, tokens):
        x = self.bag(tokens)
        x = self.drop(F.relu(self.hidden(x)))
        return F.softmax(self.output(x), dim=1)


# ---------------------------------------------------------------- training
model = IntentClassifier()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
num_epochs = 10
batch_size = 32
total_step = len(train_x) // batch_size

for epoch in range(num_epochs):
    perm = torch.randperm(len(train_x))
    for i in range(total_step):
        idx = perm[i * batch_size:(i + 1) * batch_size]
        outputs = model(train_x[idx])
        loss = criterion(outputs, train_y[idx])
        optimizer.zero_grad()
        loss.backward()
        grad_norm = sum(p.grad.norm().item() ** 2 for p in model.parameters()) ** 0.5
        optimizer.step()
        if (i + 1) % 8 == 0:
            print('Epoch [{}/{}], Step [{}/{}], Loss: {:.4f}, Grad Norm: {:.6f}'.format(
                epoch + 1, num_epochs, i + 1, total_step, loss.item(), grad_norm))

model.eval()
with torch.no_grad():
    correct = (model(test_x).argmax(dim=1) == test_y).float().mean().item()
print('Accuracy on the test utterances: {:.1f} %'.format(100 * correct))
print('RESULT ' + json.dumps({'metric': 'test_accuracy', 'value': round(correct, 4)}))
