import json
import torch
from torch import nn
import torch.nn.functional as F
from lora import LoRALinear

torch.manual_seed(64)
centres = torch.randn(6, 24)


def speech(n, rotate=None):
    y = torch.randint(0, 6, (n,))
    x = centres[y] + 0.8 * torch.randn(n, 24)
    return (x @ rotate if rotate is not None else x), y


model = nn.Sequential(nn.Linear(24, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 6))

# stage 1: base model on the standard accent (not logged)
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(300):
    x, y = speech(64)
    opt.zero_grad()
    F.cross_entropy(model(x), y).backward()
    opt.step()

# stage 2: adapt to a new accent with low-rank adapters only
q, _ = torch.linalg.qr(torch.eye(24) + 0.25 * torch.randn(24, 24))
for p in model.parameters():
    p.grad = None
for i in (0, 2):
    model[i] = LoRALinear(model[i])
for p in model[4].parameters():
    p.requires_grad = False
trainable = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
opt = torch.optim.AdamW([p for _, p in trainable], lr=1e-2, weight_decay=0.0)
log = open("adapter.jsonl", "w")
for step in range(400):
    x, y = speech(64, q)
    loss = F.cross_entropy(model(x), y)
    opt.zero_grad()
    loss.backward()
    if step % 2 == 0:
        norms = {n: float("%.3e" % (p.grad.norm() if p.grad is not None else 0.0)) for n, p in model.named_parameters() if p.dim() == 2}
        log.write(json.dumps({"step": step, "loss": round(loss.item(), 4), "grad_norms": norms}) + "\n")
    opt.step()
log.close()
x, y = speech(1000, q)
with torch.no_grad():
    print("RESULT", json.dumps({"metric": "acc", "value": (model(x).argmax(1) == y).float().mean().item()}))
