# Will the shopper buy the promoted article? Attention pooling over the basket.
from dataclasses import dataclass, field
import json
import torch
import torch.nn as nn


@dataclass
class Settings:
    n_articles: int = 120
    dim: int = 24
    max_len: int = 12
    batch: int = 48
    steps: int = 700
    lr: float = 3e-3
    every: int = 10
    seed: int = 77
    log_file: str = "basket_history.jsonl"


@dataclass
class World:
    cfg: Settings
    gen: torch.Generator = field(init=False)

    def __post_init__(self):
        self.gen = torch.Generator().manual_seed(self.cfg.seed)
        self.affinity = torch.randn(self.cfg.n_articles, generator=self.gen)

    def sample(self, n):
        c = self.cfg
        lengths = torch.poisson(torch.full((n,), 5.0), generator=self.gen).long().clamp(max=c.max_len)
        items = torch.randint(0, c.n_articles, (n, c.max_len), generator=self.gen)
        mask = torch.arange(c.max_len)[None, :] < lengths[:, None]
        score = torch.where(mask, self.affinity[items], torch.tensor(-9.0)).max(dim=1).values
        bought = (score > 1.0).float()
        return items, mask, bought


class BasketNet(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.emb = nn.Embedding(cfg.n_articles, cfg.dim)
        self.key = nn.Linear(cfg.dim, cfg.dim)
        self.query = nn.Parameter(torch.randn(cfg.dim) / cfg.dim ** 0.5)
        self.fc1 = nn.Linear(cfg.dim, 32)
        self.fc2 = nn.Linear(32, 1)

    def forward(self, items, mask):
        h = self.emb(items)
        scores = torch.tanh(self.key(h)) @ self.query
        mask = mask | ~mask.any(dim=1, keepdim=True)
        scores = scores.masked_fill(~mask, float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        pooled = (weights.unsqueeze(-1) * h).sum(dim=1)
        return self.fc2(torch.relu(self.fc1(pooled))).squeeze(-1)


def train(cfg):
    torch.manual_seed(cfg.seed)
    world, model = World(cfg), BasketNet(cfg)
    optimizer = torch.optim.AdamW(model.parameters(), lr=cfg.lr)
    bce = nn.BCEWithLogitsLoss()
    with open(cfg.log_file, "w") as f:
        for step in range(cfg.steps):
            items, mask, bought = world.sample(cfg.batch)
            loss = bce(model(items, mask), bought)
            optimizer.zero_grad()
            loss.backward()
            if step % cfg.every == 0:
                grads = {name: p.grad.norm().item() for name, p in model.named_parameters()}
                f.write(json.dumps({"step": step, "loss": loss.item(), "grads": grads}) + "\n")
            optimizer.step()
    return world, model


def accuracy(world, model):
    model.eval()
    with torch.no_grad():
        items, mask, bought = world.sample(2000)
        keep = mask.any(dim=1)
        logits = model(items[keep], mask[keep])
        if not torch.isfinite(logits).all():
            return float("nan")
        return ((logits > 0).float() == bought[keep]).float().mean().item()


if __name__ == "__main__":
    acc = accuracy(*train(Settings()))
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))
