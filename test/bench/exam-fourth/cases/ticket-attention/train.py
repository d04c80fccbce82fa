"""Support tickets: route to one of five teams with attention pooling over tokens."""
import json
import math
import time

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pad_sequence

PAD = 0
VOCAB = 300
TEAMS = 5


class TicketStream:
    """Tickets of 1..30 tokens. Stop words (ids below 60) are filtered before batching."""

    def __init__(self, seed):
        self.g = torch.Generator().manual_seed(seed)

    def ticket(self):
        team = int(torch.randint(0, TEAMS, (1,), generator=self.g))
        n = int(torch.randint(2, 30, (1,), generator=self.g))
        words = torch.randint(1, VOCAB, (n,), generator=self.g)
        topical = torch.rand(n, generator=self.g) < 0.3
        lo = 60 + team * 48
        words[topical] = torch.randint(lo, lo + 48, (int(topical.sum()),), generator=self.g)
        return words[words >= 60], team

    def batch(self, n=32):
        docs, teams = zip(*[self.ticket() for _ in range(n)])
        return pad_sequence(list(docs), batch_first=True, padding_value=PAD), torch.tensor(teams)


class AttentionPooling(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.key = nn.Linear(dim, dim)
        self.query = nn.Parameter(torch.randn(dim) / math.sqrt(dim))

    def forward(self, h, mask):
        score = torch.tanh(self.key(h)) @ self.query
        score = score.masked_fill(~mask, float("-inf"))
        weight = torch.softmax(score, dim=1)
        return (weight.unsqueeze(-1) * h).sum(1)


class Router(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, dim, padding_idx=PAD)
        self.pool = AttentionPooling(dim)
        self.classifier = nn.Sequential(nn.Linear(dim, 32), nn.ReLU(), nn.Linear(32, TEAMS))

    def forward(self, tokens):
        mask = tokens != PAD
        return self.classifier(self.pool(self.embedding(tokens), mask))


def main():
    torch.manual_seed(0)
    stream = TicketStream(3)
    model = Router()
    optim = torch.optim.AdamW(model.parameters(), lr=3e-3)
    with open("events.jsonl", "w") as events:
        for step in range(400):
            tokens, team = stream.batch()
            loss = nn.functional.cross_entropy(model(tokens), team)
            optim.zero_grad()
            loss.backward()
            record = {"step": step, "time": round(time.time(), 2), "train/loss": loss.item()}
            for name, p in model.named_parameters():
                record["grad/" + name] = p.grad.norm().item()
            events.write(json.dumps(record) + "\n")
            optim.step()
    test = TicketStream(4)
    tokens, team = test.batch(600)
    tokens, team = tokens[(tokens != PAD).any(1)], team[(tokens != PAD).any(1)]
    with torch.no_grad():
        out = model(tokens)
    acc = (out.argmax(1) == team).float().mean().item() if torch.isfinite(out).all() else None
    print("RESULT " + json.dumps({"metric": "accuracy", "value": acc}))


if __name__ == "__main__":
    main()
