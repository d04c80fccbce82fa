"""Route support tickets to one of six queues from token sequences of varying length."""
import argparse
import csv
import json

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

PAD = 0


class TicketDataset(Dataset):
    """A ticket belongs to the queue whose keywords it mentions; the rest is filler."""

    def __init__(self, n, vocab, n_queues, rng):
        self.items = []
        for _ in range(n):
            length = int(torch.randint(6, 15, (1,), generator=rng))
            queue = int(torch.randint(0, n_queues, (1,), generator=rng))
            tokens = torch.randint(1 + 3 * n_queues, vocab, (length,), generator=rng)
            spots = torch.randperm(length, generator=rng)[:2]
            tokens[spots] = 1 + 3 * queue + torch.randint(0, 3, (2,), generator=rng)
            self.items.append((tokens, queue))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


def collate(batch, max_len=64):
    ids = torch.full((len(batch), max_len), PAD, dtype=torch.long)
    for row, (tokens, _) in enumerate(batch):
        ids[row, :len(tokens)] = tokens
    return ids, torch.tensor([q for _, q in batch])


class TicketRouter(nn.Module):
    def __init__(self, vocab, dim, hidden, n_queues):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim, padding_idx=PAD)
        self.encoder = nn.GRU(dim, hidden, batch_first=True)
        self.classifier = nn.Linear(hidden, n_queues)

    def forward(self, ids):
        emb = self.embedding(ids)
        states, _ = self.encoder(emb)
        return self.classifier(states[:, -1])


class GradLogger:
    def __init__(self, path, model):
        self.names = [n for n, _ in model.named_parameters()]
        self.fh = open(path, "w", newline="")
        self.w = csv.writer(self.fh)
        self.w.writerow(["step", "train_loss"] + [f"grad/{n}" for n in self.names])

    def __call__(self, step, loss, model):
        self.w.writerow([step, f"{loss:.5f}"] + [f"{p.grad.norm():.4e}" for p in model.parameters()])

    def close(self):
        self.fh.close()


@torch.no_grad()
def evaluate(model, loader):
    hit = total = 0
    for ids, queue in loader:
        hit += (model(ids).argmax(-1) == queue).sum().item()
        total += len(queue)
    return hit / total


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--epochs", type=int, default=6)
    ap.add_argument("--lr", type=float, default=5e-2)
    ap.add_argument("--batch-size", type=int, default=24)
    ap.add_argument("--hidden", type=int, default=32)
    ap.add_argument("--vocab", type=int, default=120)
    ap.add_argument("--log-every", type=int, default=5)
    args = ap.parse_args()

    torch.manual_seed(4)
    rng = torch.Generator().manual_seed(4)
    train = DataLoader(TicketDataset(480, args.vocab, 6, rng), args.batch_size, shuffle=True, collate_fn=collate)
    test = DataLoader(TicketDataset(200, args.vocab, 6, rng), 64, collate_fn=collate)

    model = TicketRouter(args.vocab, 24, args.hidden, 6)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    criterion = nn.CrossEntropyLoss()
    log = GradLogger("grad_log.csv", model)

    step = 0
    for epoch in range(args.epochs):
        for ids, queue in train:
            loss = criterion(model(ids), queue)
            optimizer.zero_grad()
            loss.backward()
            if step % args.log_every == 0:
                log(step, loss.item(), model)
            optimizer.step()
            step += 1
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}")
    log.close()
    print("RESULT", json.dumps({"metric": "test_accuracy", "value": round(evaluate(model, test), 4)}))


if __name__ == "__main__":
    main()
