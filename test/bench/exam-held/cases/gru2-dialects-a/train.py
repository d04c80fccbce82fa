"""Tell four dialects apart from short phoneme sequences."""
import argparse
import json

import torch
import torch.nn as nn

N_PHONES, LENGTH, N_DIALECTS = 20, 10, 4


class DialectNet(nn.Module):
    def __init__(self, dim=24, hidden=32):
        super().__init__()
        self.embed = nn.Embedding(N_PHONES, dim)
        self.rnn = nn.GRU(dim, hidden, num_layers=2, batch_first=True)
        self.head = nn.Linear(hidden, N_DIALECTS)

    def forward(self, phones):
        out, _ = self.rnn(self.embed(phones))
        return self.head(out.mean(1))


def corpus(n, tables, g):
    dialect = torch.randint(0, N_DIALECTS, (n,), generator=g)
    return torch.multinomial(tables[dialect], LENGTH, replacement=True, generator=g), dialect


def grad_norm(model):
    return torch.cat([p.grad.flatten() for p in model.parameters()]).norm().item()


def train_one_epoch(epoch, model, data, optimizer, loss_fn, args):
    phones, dialect = data
    model.train()
    optimizer.zero_grad()
    n_batches = len(phones) // args.batch_size
    for i, idx in enumerate(torch.randperm(len(phones)).split(args.batch_size)):
        loss = loss_fn(model(phones[idx]), dialect[idx])
        loss.backward()
        norm = grad_norm(model)
        optimizer.step()
        if (i + 1) % 3 == 0:
            print(f"Train Epoch: {epoch} [{(i + 1) * args.batch_size}/{len(phones)} ({100 * (i + 1) // n_batches}%)]\tLoss: {loss.item():.6f}\tGrad norm: {norm:.6f}")


@torch.no_grad()
def test(model, data):
    model.eval()
    phones, dialect = data
    acc = (model(phones).argmax(1) == dialect).float().mean().item()
    print(f"\nTest set: Accuracy: {int(acc * len(phones))}/{len(phones)} ({100 * acc:.0f}%)\n")
    return acc


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.2)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=55)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    g = torch.Generator().manual_seed(args.seed)
    tables = torch.softmax(1.6 * torch.randn(N_DIALECTS, N_PHONES, generator=g), 1)
    train_data, test_data = corpus(1536, tables, g), corpus(600, tables, g)
    model = DialectNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)
    loss_fn = nn.CrossEntropyLoss()
    for epoch in range(1, args.epochs + 1):
        train_one_epoch(epoch, model, train_data, optimizer, loss_fn, args)
        acc = test(model, test_data)
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
