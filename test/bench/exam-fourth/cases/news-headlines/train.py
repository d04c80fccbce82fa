"""Headline topics with micro-batches and gradient accumulation."""
import json
import sys

import torch
import torch.nn as nn


class Options:
    vocab = 400
    topics = 8
    length = 14
    micro_batch = 8
    accumulation_steps = 32
    updates = 160
    lr = 0.5
    momentum = 0.9


def headlines(n, g, o=Options):
    y = torch.randint(0, o.topics, (n,), generator=g)
    common = torch.randint(0, 200, (n, o.length), generator=g)
    special = 200 + 25 * y[:, None] + torch.randint(0, 25, (n, o.length), generator=g)
    pick = torch.rand(n, o.length, generator=g) < 0.18
    return torch.where(pick, special, common), y


class ConvText(nn.Module):
    def __init__(self, o=Options, dim=24, width=40):
        super().__init__()
        self.embed = nn.Embedding(o.vocab, dim)
        self.conv = nn.Conv1d(dim, width, 3, padding=1)
        self.dense = nn.Linear(width, 40)
        self.classify = nn.Linear(40, o.topics)

    def forward(self, tokens):
        h = torch.relu(self.conv(self.embed(tokens).transpose(1, 2))).mean(-1)
        return self.classify(torch.relu(self.dense(h)))


def main():
    o = Options
    torch.manual_seed(15)
    g = torch.Generator().manual_seed(16)
    model = ConvText()
    optimizer = torch.optim.SGD(model.parameters(), lr=o.lr, momentum=o.momentum)
    loss_fn = nn.CrossEntropyLoss()
    for update in range(o.updates):
        optimizer.zero_grad()
        seen = 0.0
        for _ in range(o.accumulation_steps):
            tokens, y = headlines(o.micro_batch, g)
            loss = loss_fn(model(tokens), y)
            loss.backward()
            seen += loss.item()
        norms = {n: p.grad.norm().item() for n, p in model.named_parameters()}
        optimizer.step()
        sys.stdout.write(json.dumps({"update": update, "loss": round(seen / o.accumulation_steps, 5), "grad_norm": norms}) + "\n")
    tokens, y = headlines(1500, g)
    with torch.no_grad():
        acc = (model(tokens).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
