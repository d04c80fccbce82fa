"""Mixture of experts with hard top-1 routing: height map that follows another law in every quarter."""
import json
from pathlib import Path

import torch
from torch import nn


def terrain(n):
    p = 2 * torch.rand(n, 2) - 1
    x, y = p[:, 0], p[:, 1]
    laws = torch.stack([torch.sin(4 * x), 1.5 * x * y, y ** 2 - 1.0, 0.8 * torch.cos(3 * y)], dim=1)
    which = 2 * (x > 0).long() + (y > 0).long()
    return p, laws.gather(1, which[:, None])


def expert(d_in, d):
    return nn.Sequential(nn.Linear(d_in, d), nn.GELU(), nn.Linear(d, d), nn.GELU(), nn.Linear(d, 1))


class TopOne(nn.Module):
    def __init__(self, n_experts=4, d=24):
        super().__init__()
        self.router = nn.Linear(2, n_experts)
        self.experts = nn.ModuleList(expert(2, d) for _ in range(n_experts))
        with torch.no_grad():
            self.router.weight.copy_(4.0 * torch.tensor([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]))
            self.router.bias.zero_()

    def forward(self, p):
        gate, pick = self.router(p).softmax(-1).max(-1)
        out = p.new_zeros(len(p), 1)
        for e, net in enumerate(self.experts):
            rows = (pick == e).nonzero().squeeze(1)
            if len(rows):
                out = out.index_copy(0, rows, gate[rows, None] * net(p[rows]))
        return out


def norms_by_part(model):
    def of(module):
        return {n: 0.0 if p.grad is None else float(f"{p.grad.norm():.6g}") for n, p in module.named_parameters() if p.dim() == 2}
    return {"router": of(model.router), **{f"expert{i}": of(m) for i, m in enumerate(model.experts)}}


torch.manual_seed(90)
model = TopOne()
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
lines = []
for step in range(900):
    # tiles are visited one after the other, so a batch is often from a single quarter
    p, h = terrain(160)
    if step % 3:
        quarter = 2 * (p[:, 0] > 0) + (p[:, 1] > 0)
        keep = quarter == int(torch.randint(0, 4, (1,)))
        p, h = p[keep], h[keep]
    loss = nn.functional.smooth_l1_loss(model(p), h)
    opt.zero_grad()
    loss.backward()
    if step % 10 == 0:
        lines.append(json.dumps({"step": step, "loss": round(loss.item(), 6), "gradient": norms_by_part(model)}))
    opt.step()
Path("moe.jsonl").write_text("\n".join(lines) + "\n")

with torch.no_grad():
    p, h = terrain(2000)
    mse = nn.functional.mse_loss(model(p), h).item()
print("RESULT " + json.dumps({"metric": "test_mse", "value": round(mse, 5)}))
