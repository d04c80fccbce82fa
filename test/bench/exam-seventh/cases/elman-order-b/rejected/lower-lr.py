"""Tell in which order two flags appeared in a long stream of distractor symbols."""
import json

import torch
import torch.nn as nn
import torch.nn.functional as F

SYMBOLS = 6          # 0..3 distractors, 4 and 5 are the flags
T = 30


def make_batch(n):
    seq = torch.randint(0, 4, (n, T))
    first = torch.randint(0, 2, (n,))
    second = torch.randint(0, 2, (n,))
    rows = torch.arange(n)
    seq[rows, torch.randint(1, 5, (n,))] = 4 + first
    seq[rows, torch.randint(7, 11, (n,))] = 4 + second
    return F.one_hot(seq, SYMBOLS).float(), 2 * first + second


class ElmanNet(nn.Module):
    def __init__(self, n_in, n_state, n_out):
        super().__init__()
        bound = n_state ** -0.5
        self.W_in = nn.Parameter(torch.empty(n_in, n_state).uniform_(-bound, bound))
        self.W_state = nn.Parameter(0.05 * torch.randn(n_state, n_state))
        self.b_state = nn.Parameter(torch.zeros(n_state))
        self.W_out = nn.Parameter(torch.empty(n_state, n_out).uniform_(-bound, bound))
        self.b_out = nn.Parameter(torch.zeros(n_out))

    def cell(self, x_t, s):
        return torch.tanh(x_t @ self.W_in + s @ self.W_state + self.b_state)

    def forward(self, x, watch=None):
        s = x.new_zeros(x.size(0), self.W_state.size(0))
        for t, x_t in enumerate(x.unbind(1)):
            s = self.cell(x_t, s)
            if watch is not None and t % 6 == 0:
                s.retain_grad()
                watch[f"t{t}"] = s
        return s @ self.W_out + self.b_out


torch.manual_seed(64)
net = ElmanNet(SYMBOLS, 36, 4)
optim = torch.optim.Adam(net.parameters(), lr=6e-4)
sink = open("elman.jsonl", "w")
for step in range(360):
    x, y = make_batch(32)
    states = {}
    loss = F.cross_entropy(net(x, watch=states), y)
    optim.zero_grad()
    loss.backward()
    if step % 10 == 0:
        sink.write(json.dumps({
            "step": step,
            "loss": loss.item(),
            "grads": {k: p.grad.norm().item() for k, p in net.named_parameters()},
            "state_grads": {k: s.grad.norm().item() for k, s in states.items()},
        }) + "\n")
    optim.step()
sink.close()

with torch.no_grad():
    x, y = make_batch(600)
    score = (net(x).argmax(1) == y).float().mean().item()
print("RESULT " + json.dumps({"metric": "accuracy", "value": round(score, 4)}))
