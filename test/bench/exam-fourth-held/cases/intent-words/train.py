"""Intent detection for a voice assistant: bag of embeddings, 30 intents."""
import json
import torch
from torch import nn
from torch.utils.data import Dataset, DataLoader

N_INTENTS, VOCAB, MAX_LEN = 30, 500, 10


class Utterances(Dataset):
    def __init__(self, n, seed):
        g = torch.Generator().manual_seed(seed)
        self.label = torch.randint(0, N_INTENTS, (n,), generator=g)
        filler = torch.randint(0, 140, (n, MAX_LEN), generator=g)
        key = 140 + self.label[:, None] * 12 + torch.randint(0, 12, (n, MAX_LEN), generator=g)
        use = torch.rand(n, MAX_LEN, generator=g) < 0.35
        use[:, 0] = True
        self.tokens = torch.where(use, key, filler)

    def __len__(self):
        return len(self.label)

    def __getitem__(self, i):
        return self.tokens[i], self.label[i]


class IntentModel(nn.Module):
    def __init__(self, dim=48):
        super().__init__()
        self.emb = nn.EmbeddingBag(VOCAB, dim, mode="mean")
        self.hidden = nn.Linear(dim, 64)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(64, N_INTENTS)
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, tokens):
        h = torch.relu(self.hidden(self.emb(tokens)))
        return self.softmax(self.out(self.drop(h)))


def train_epoch(model, loader, criterion, optimizer, history):
    model.train()
    for tokens, label in loader:
        optimizer.zero_grad()
        probs = model(tokens)
        loss = criterion(probs, label)
        loss.backward()
        optimizer.step()
        history.append(loss.item())


def test(model, loader):
    model.eval()
    hit = n = 0
    with torch.no_grad():
        for tokens, label in loader:
            hit += (model(tokens).argmax(-1) == label).sum().item()
            n += len(label)
    return hit / n


torch.manual_seed(7)
train_loader = DataLoader(Utterances(3600, 1), batch_size=60, shuffle=True)
test_loader = DataLoader(Utterances(900, 2), batch_size=300)
model = IntentModel()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)

for epoch in range(1, 21):
    history = []
    train_epoch(model, train_loader, criterion, optimizer, history)
    acc = test(model, test_loader)
    print(f"Epoch {epoch:02d} | loss {sum(history) / len(history):.5f} | test acc {acc:.4f}")
    if epoch % 2 == 1:
        for n, p in model.named_parameters():
            print(f"    {n:<16} grad {p.grad.norm().item():.3e}  weight {p.data.norm().item():.3e}")
print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))
