"""Smoke test of the sentiment pipeline: a few steps only, to see that everything is wired up."""
import json
import torch
import torch.nn as nn

torch.manual_seed(7)
VOCAB = 200
polarity = torch.randn(VOCAB)


def tweets(n):
    t = torch.randint(0, VOCAB, (n, 16))
    return t, (polarity[t].sum(1) > 0).float()


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, 24)
        self.gru = nn.GRU(24, 32, batch_first=True)
        self.fc = nn.Linear(32, 1)

    def forward(self, t):
        h, _ = self.gru(self.embedding(t))
        return self.fc(h.mean(1)).squeeze(1)


model = Sentiment()
optimizer = torch.optim.Adam(model.parameters(), lr=1.5e-2)
criterion = nn.BCEWithLogitsLoss()
losses = []
for step in range(1, 26):
    t, y = tweets(128)
    loss = criterion(model(t), y)
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    losses.append(loss.item())
    print(f"step {step}/25, loss={loss.item():.4f}, grad_norm={norm.item():.4f}, "
          f"emb={model.embedding.weight.grad.norm().item():.4f}, gru={model.gru.weight_hh_l0.grad.norm().item():.4f}, fc={model.fc.weight.grad.norm().item():.4f}")
print("RESULT", json.dumps({"metric": "loss_ratio", "value": round(sum(losses[-5:]) / sum(losses[:5]), 4)}))
