"""Fit a hidden Markov model to gesture codes by gradient descent on the sequence likelihood."""
import argparse
import json
import math

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--states", type=int, default=4)
parser.add_argument("--symbols", type=int, default=8)
parser.add_argument("--steps", type=int, default=200)
parser.add_argument("--batch", type=int, default=24)
parser.add_argument("--lr", type=float, default=0.03)
parser.add_argument("--max-length", type=int, default=52)
args = parser.parse_args()


class Recorder:
    """The process that produces the codes: sticky states with two favourite symbols each."""

    def __init__(self, seed):
        self.g = torch.Generator().manual_seed(seed)
        k = args.states
        self.trans = 0.05 * torch.ones(k, k) + torch.eye(k) * (1 - 0.05 * k)
        self.emit = torch.full((k, args.symbols), 0.02)
        for s in range(k):
            self.emit[s, 2 * s % args.symbols] = 0.5
            self.emit[s, (2 * s + 1) % args.symbols] = 0.38

    def sample(self, n, length):
        state = torch.randint(0, args.states, (n,), generator=self.g)
        out = []
        for _ in range(length):
            out.append(torch.multinomial(self.emit[state], 1, generator=self.g).squeeze(1))
            state = torch.multinomial(self.trans[state], 1, generator=self.g).squeeze(1)
        return torch.stack(out, dim=1)


class HMM(nn.Module):
    def __init__(self, states, symbols):
        super().__init__()
        self.start = nn.Parameter(0.1 * torch.randn(states))
        self.trans = nn.Parameter(0.5 * torch.randn(states, states))
        self.emit = nn.Parameter(0.5 * torch.randn(states, symbols))

    def log_likelihood(self, codes):
        a = torch.softmax(self.trans, dim=-1)
        b = torch.softmax(self.emit, dim=-1).t()
        alpha = torch.softmax(self.start, dim=-1) * b[codes[:, 0]]
        total = 0.0
        for t in range(1, codes.size(1)):
            alpha = (alpha @ a) * b[codes[:, t]]
            c = alpha.sum(dim=-1, keepdim=True)
            total = total + torch.log(c.squeeze(-1))
            alpha = alpha / c
        return total


def flat(prefix, model):
    return {f"{prefix}.{n}": round(p.grad.norm().item(), 6) for n, p in model.named_parameters()}


torch.manual_seed(9)
source = Recorder(50)
hmm = HMM(args.states, args.symbols)
optimizer = torch.optim.Adam(hmm.parameters(), lr=args.lr)
for step in range(args.steps):
    length = int(torch.randint(12, args.max_length + 1, (1,)))
    loss = -(hmm.log_likelihood(source.sample(args.batch, length)) / length).mean()
    optimizer.zero_grad()
    loss.backward()
    if step % 2 == 0:
        print(json.dumps({"step": step, "length": length, "loss": loss.item(), **flat("grad_norm", hmm)}))
    optimizer.step()

with torch.no_grad():
    nll = -hmm.log_likelihood(source.sample(300, 20)).mean().item() / 20
print("RESULT " + json.dumps({"metric": "nll_per_code", "value": round(nll, 4) if math.isfinite(nll) else None}))
