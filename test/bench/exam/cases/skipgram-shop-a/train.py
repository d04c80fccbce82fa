# Product embeddings from shopping sessions (full softmax over the catalogue)
import argparse
import json

import torch
import torch.nn as nn

parser = argparse.ArgumentParser()
parser.add_argument("--catalogue", type=int, default=6000)
parser.add_argument("--dim", type=int, default=16)
parser.add_argument("--groups", type=int, default=300)
parser.add_argument("--lr", type=float, default=0.05)
parser.add_argument("--steps", type=int, default=300)
parser.add_argument("--batch", type=int, default=256)
args = parser.parse_args()
torch.manual_seed(40)


class SkipGram(nn.Module):
    def __init__(self, n_items, dim):
        super().__init__()
        self.item = nn.Embedding(n_items, dim)
        self.context = nn.Linear(dim, n_items, bias=False)

    def forward(self, item):
        return self.context(self.item(item))


def sessions(n):
    """Two products from the same group; a group has twenty products."""
    group = torch.randint(0, args.groups, (n,))
    size = args.catalogue // args.groups
    return group * size + torch.randint(0, size, (n,)), group * size + torch.randint(0, size, (n,))


model = SkipGram(args.catalogue, args.dim)
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
loss_fn = nn.CrossEntropyLoss()
loss_avg = None
for step in range(args.steps):
    item, other = sessions(args.batch)
    loss = loss_fn(model(item), other)
    optimizer.zero_grad()
    loss.backward()
    norm = torch.cat([p.grad.view(-1) for p in model.parameters()]).norm().item()
    optimizer.step()
    loss_avg = loss.item() if loss_avg is None else 0.98 * loss_avg + 0.02 * loss.item()
    if step % 5 == 0:
        print(f"step: {step}/{args.steps} - loss: {loss.item():.4f} - avg: {loss_avg:.4f} - gnorm: {norm:.6f}")

with torch.no_grad():
    item, other = sessions(2000)
    nll = loss_fn(model(item), other).item()
print("RESULT " + json.dumps({"metric": "nll", "value": round(nll, 4)}))
