"""Running modular sum of a stream of digits; the streams get longer as training goes on."""
import json

import torch
import torch.nn as nn

STAGES = [(3, 250), (5, 200), (8, 200), (12, 200)]


class Adder(nn.Module):
    def __init__(self, hidden=48):
        super().__init__()
        self.embed = nn.Embedding(3, 8)
        self.gru = nn.GRU(8, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 3)

    def forward(self, d):
        return self.head(self.gru(self.embed(d))[0][:, -1])


def make(length, n=48):
    d = torch.randint(0, 3, (n, length))
    return d, d.sum(1) % 3


torch.manual_seed(19)
model = Adder()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
step = 0
for stage, (length, steps) in enumerate(STAGES):
    for _ in range(steps):
        d, t = make(length)
        loss = nn.functional.cross_entropy(model(d), t)
        opt.zero_grad()
        loss.backward()
        norms = {n: p.grad.norm().item() for n, p in model.named_parameters() if "weight" in n}
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        step += 1
        if step % 5 == 0:
            print(f"Step {step} | Loss: {loss.item():.4f} | " + " | ".join(f"{k}: {v:.2e}" for k, v in norms.items()))
d, t = make(12, 1000)
with torch.no_grad():
    print("RESULT", json.dumps({"metric": "acc", "value": (model(d).argmax(1) == t).float().mean().item()}))
