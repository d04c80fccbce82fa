import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def make_pairs(n, g, proj_a, proj_b):
    """paired views ("picture" and "caption") of the same hidden 6-d factor"""
    z = torch.randn(n, 6, generator=g)
    a = torch.tanh(z @ proj_a) + 0.1 * torch.randn(n, 40, generator=g)
    b = (z @ proj_b).sin() + 0.1 * torch.randn(n, 24, generator=g)
    return a, b


def tower(d_in, d_out=16):
    return nn.Sequential(nn.Linear(d_in, 64), nn.ReLU(), nn.LayerNorm(64), nn.Linear(64, d_out))


class TwoTower(nn.Module):
    def __init__(self):
        super().__init__()
        self.picture = tower(40)
        self.caption = tower(24)
        self.logit_scale = nn.Parameter(torch.tensor(0.0))

    def forward(self, a, b):
        ea = F.normalize(self.picture(a), dim=-1)
        eb = F.normalize(self.caption(b), dim=-1)
        return self.logit_scale.exp() * ea @ eb.t()


def clip_loss(logits):
    t = torch.arange(len(logits))
    return 0.5 * (F.cross_entropy(logits, t) + F.cross_entropy(logits.t(), t))


def grad_report(model):
    return {part: {n: round(p.grad.norm().item(), 6) for n, p in getattr(model, part).named_parameters()}
            for part in ("picture", "caption")}


def main():
    torch.manual_seed(21)
    g = torch.Generator().manual_seed(21)
    pa, pb = torch.randn(6, 40, generator=g) * 0.6, torch.randn(6, 24, generator=g) * 0.6
    train_a, train_b = make_pairs(4000, g, pa, pb)
    test_a, test_b = make_pairs(200, g, pa, pb)
    model = TwoTower()
    opt = torch.optim.AdamW([
        {"params": [*model.picture.parameters(), *model.caption.parameters()], "lr": 2e-3},
        {"params": [model.logit_scale], "lr": 2e-2, "weight_decay": 0.0},
    ])
    with open("history.jsonl", "w") as f:
        for step in range(400):
            idx = torch.randint(0, 4000, (64,), generator=g)
            loss = clip_loss(model(train_a[idx], train_b[idx]))
            opt.zero_grad()
            loss.backward()
            if step % 8 == 0:
                f.write(json.dumps({"step": step, "metrics": {"loss": loss.item(), "scale": model.logit_scale.exp().item()},
                                    "grad_norms": grad_report(model)}) + "\n")
            opt.step()
            with torch.no_grad():
                model.logit_scale.clamp_(max=math.log(100))
    with torch.no_grad():
        r1 = (model(test_a, test_b).argmax(1) == torch.arange(200)).float().mean().item()
    print("RESULT " + json.dumps({"metric": "recall_at_1", "value": round(r1, 4)}))


if __name__ == "__main__":
    main()
