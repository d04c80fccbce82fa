"""The first input of a sequence is a cue; after a long distractor phase it has to be reported."""
import argparse
import json

import torch
import torch.nn as nn

parser = argparse.ArgumentParser()
parser.add_argument("--seq-len", type=int, default=60)
parser.add_argument("--hidden", type=int, default=32)
parser.add_argument("--cues", type=int, default=4)
parser.add_argument("--lr", type=float, default=1e-3)
parser.add_argument("--epochs", type=int, default=6)
parser.add_argument("--steps-per-epoch", type=int, default=60)
parser.add_argument("--batch-size", type=int, default=64)
parser.add_argument("--seed", type=int, default=3)
args = parser.parse_args()


def make_batch(n):
    cue = torch.randint(0, args.cues, (n,))
    x = torch.zeros(n, args.seq_len, args.cues + 2)
    x[torch.arange(n), 0, cue] = 1.0
    x[:, 1:, args.cues:] = torch.randn(n, args.seq_len - 1, 2)
    return x, cue


class CueReader(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.n_hidden = n_hidden
        self.cell = nn.RNNCell(n_in, n_hidden)
        self.out = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        h = x.new_zeros(x.size(0), self.n_hidden)
        for t in range(x.size(1)):
            h = self.cell(x[:, t], h)
        return self.out(h)


torch.manual_seed(args.seed)
model = CueReader(args.cues + 2, args.hidden, args.cues)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)

for epoch in range(1, args.epochs + 1):
    for i in range(1, args.steps_per_epoch + 1):
        x, cue = make_batch(args.batch_size)
        loss = criterion(model(x), cue)
        optimizer.zero_grad()
        loss.backward()
        grad_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if i % 3 == 0:
            print(f"Epoch [{epoch}/{args.epochs}] Step [{i}/{args.steps_per_epoch}] Loss: {loss.item():.4f} GradNorm: {grad_norm:.4e}")

with torch.no_grad():
    x, cue = make_batch(1000)
    accuracy = (model(x).argmax(1) == cue).float().mean().item()
print("RESULT " + json.dumps({"metric": "accuracy", "value": round(accuracy, 4)}))
