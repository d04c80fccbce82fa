import json
import logging
import math
import sys

import torch
import torch.nn as nn

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
logger = logging.getLogger("basket")


class BasketStream:
    """Shopping baskets as padded sets of item vectors; target is the amount paid."""

    def __init__(self, n_items=60, dim=12, max_items=14, batch_size=32, seed=0):
        self.gen = torch.Generator().manual_seed(seed)
        self.catalogue = torch.randn(n_items, dim, generator=self.gen)
        self.price = (self.catalogue[:, :3].sum(1) * 0.5 + 1.5).abs()
        self.max_items = max_items
        self.batch_size = batch_size

    def next_batch(self):
        size = torch.poisson(torch.full((self.batch_size,), 8.0), generator=self.gen)
        size = size.clamp(max=self.max_items).long()
        items = torch.randint(0, len(self.price), (self.batch_size, self.max_items), generator=self.gen)
        present = torch.arange(self.max_items)[None, :] < size[:, None]
        dearest = (self.price[items] * present).max(dim=1).values
        return self.catalogue[items] * present[..., None], present, dearest


class AttentionPool(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.score = nn.Linear(dim, 1)
        self.value = nn.Linear(dim, dim)

    def forward(self, x, present):
        logits = self.score(x).squeeze(-1)
        logits = logits.masked_fill(~present, float("-inf"))
        attn = torch.softmax(logits, dim=-1)
        return (attn[..., None] * self.value(x)).sum(dim=1)


class BasketModel(nn.Module):
    def __init__(self, dim, hidden=48):
        super().__init__()
        self.item_encoder = nn.Sequential(nn.Linear(dim, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.pool = AttentionPool(hidden)
        self.readout = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, items, present):
        return self.readout(self.pool(self.item_encoder(items), present)).squeeze(-1)


class Trainer:
    def __init__(self, model, stream, lr=1e-4, max_norm=5.0, total_steps=240):
        self.model = model
        self.stream = stream
        self.optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        self.max_norm = max_norm
        self.total_steps = total_steps
        self.loss_fn = nn.SmoothL1Loss()

    def training_step(self):
        items, present, target = self.stream.next_batch()
        loss = self.loss_fn(self.model(items, present), target)
        self.optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.max_norm)
        self.optimizer.step()
        return loss.item(), norm.item()

    def fit(self):
        self.model.train()
        for step in range(1, self.total_steps + 1):
            loss, norm = self.training_step()
            if step % 4 == 0:
                logger.info("step %d/%d | loss %.5f | grad_norm %.5f", step, self.total_steps, loss, norm)

    @torch.no_grad()
    def evaluate(self, batches=20):
        self.model.eval()
        err = []
        for _ in range(batches):
            items, present, target = self.stream.next_batch()
            keep = present.any(dim=1)
            err.append((self.model(items[keep], present[keep]) - target[keep]).abs().mean().item())
        return sum(err) / len(err)


if __name__ == "__main__":
    torch.manual_seed(17)
    stream = BasketStream(seed=9)
    trainer = Trainer(BasketModel(dim=12), stream)
    trainer.fit()
    mae = trainer.evaluate()
    print("RESULT " + json.dumps({"metric": "mae", "value": round(mae, 4) if math.isfinite(mae) else None}))
