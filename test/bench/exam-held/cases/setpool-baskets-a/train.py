"""Predict basket value class from the set of items in it (deep sets with a mask)."""
import json
import math

import torch
import torch.nn as nn


class DeepSet(nn.Module):
    def __init__(self, d_item=6, width=48, n_classes=3):
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(d_item, width), nn.ReLU(), nn.Linear(width, width))
        self.rho = nn.Sequential(nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, n_classes))

    def forward(self, items, mask):
        h = self.phi(items) * mask.unsqueeze(-1)
        pooled = h.sum(1) / mask.sum(1, keepdim=True)
        return self.rho(pooled)


def baskets(n, max_items=12, g=None):
    items = torch.randn(n, max_items, 6, generator=g)
    size = torch.poisson(torch.full((n,), 7.0), generator=g).clamp(max=max_items)
    mask = (torch.arange(max_items)[None] < size[:, None]).float()
    value = ((items[..., 0] * items[..., 1] + items[..., 2]) * mask).sum(1) / (size + 1)
    return items, mask, (value > 0.25).long() + (value > -0.25).long()


def main():
    torch.manual_seed(43)
    g = torch.Generator().manual_seed(50)
    model = DeepSet()
    opt = torch.optim.AdamW(model.parameters(), lr=3e-3)
    with open("train_log.json", "w") as fh:
        for it in range(500):
            items, mask, label = baskets(64, g=g)
            loss = nn.functional.cross_entropy(model(items, mask), label)
            opt.zero_grad()
            loss.backward()
            if it % 4 == 0:
                squares = {"phi": 0.0, "rho": 0.0}
                for name, p in model.named_parameters():
                    squares[name.split(".")[0]] += p.grad.pow(2).sum().item()
                fh.write(json.dumps({"iter": it, "train": {"loss": loss.item()}, "grad": {k: math.sqrt(v) for k, v in squares.items()}}) + "\n")
            opt.step()
    items, mask, label = baskets(2000, g=g)
    with torch.no_grad():
        acc = (model(items, mask).argmax(1) == label).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
