"""Metric learning on synthetic bird-call descriptors with a batch-hard triplet loss."""
import json
from dataclasses import dataclass, asdict
from typing import Dict, Iterator, Tuple

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Config:
    species: int = 10
    per_species: int = 4          # samples of each species in a batch
    descriptor: int = 20
    embedding: int = 8
    margin: float = 0.5
    learning_rate: float = 1e-4
    updates: int = 300
    log_interval: int = 5
    seed: int = 1234


class CallSampler:
    """Draws P x K batches: every species appears `per_species` times."""

    def __init__(self, cfg: Config) -> None:
        self.cfg = cfg
        self.prototypes = torch.randn(cfg.species, 5)
        self.mixing = torch.randn(5, cfg.descriptor)

    def draw(self, k: int) -> Tuple[Tensor, Tensor]:
        labels = torch.arange(self.cfg.species).repeat_interleave(k)
        latent = self.prototypes[labels] + 0.25 * torch.randn(len(labels), 5)
        calls = torch.sin(latent @ self.mixing) + 0.15 * torch.randn(len(labels), self.cfg.descriptor)
        return calls, labels

    def __iter__(self) -> Iterator[Tuple[Tensor, Tensor]]:
        for _ in range(self.cfg.updates):
            yield self.draw(self.cfg.per_species)


class CallEncoder(nn.Module):
    def __init__(self, cfg: Config) -> None:
        super().__init__()
        self.layer1 = nn.Linear(cfg.descriptor, 64)
        self.layer2 = nn.Linear(64, 64)
        self.project = nn.Linear(64, cfg.embedding)

    def forward(self, calls: Tensor) -> Tensor:
        h = torch.relu(self.layer1(calls))
        h = torch.relu(self.layer2(h))
        return self.project(h)


def pairwise_distance(e: Tensor) -> Tensor:
    diff = e.unsqueeze(1) - e.unsqueeze(0)
    return diff.pow(2).sum(dim=-1).sqrt()


def batch_hard_triplet(e: Tensor, labels: Tensor, margin: float) -> Tensor:
    dist = pairwise_distance(e)
    same = labels.unsqueeze(1) == labels.unsqueeze(0)
    hardest_positive = (dist * same).max(dim=1).values
    hardest_negative = (dist + 1e3 * same).min(dim=1).values
    return (hardest_positive - hardest_negative + margin).clamp(min=0).mean()


def gradient_norms(model: nn.Module) -> Dict[str, float]:
    return {f"grads/{name}": float(p.grad.norm()) for name, p in model.named_parameters()}


@torch.no_grad()
def retrieval_accuracy(model: nn.Module, sampler: CallSampler) -> float:
    gallery, gl = sampler.draw(5)
    query, ql = sampler.draw(20)
    nearest = torch.cdist(model(query), model(gallery)).argmin(dim=1)
    return float((gl[nearest] == ql).float().mean())


def main(cfg: Config = Config()) -> None:
    torch.manual_seed(cfg.seed)
    sampler = CallSampler(cfg)
    model = CallEncoder(cfg)
    optimizer = torch.optim.Adam(model.parameters(), lr=cfg.learning_rate)

    with open("events.jsonl", "w") as events:
        events.write(json.dumps({"config": asdict(cfg)}) + "\n")
        for update, (calls, labels) in enumerate(sampler, start=1):
            loss = batch_hard_triplet(model(calls), labels, cfg.margin)
            optimizer.zero_grad()
            loss.backward()
            if update == 1 or update % cfg.log_interval == 0:
                record = {"step": update, "train/triplet_loss": float(loss), "train/lr": cfg.learning_rate}
                record.update(gradient_norms(model))
                events.write(json.dumps(record) + "\n")
            optimizer.step()

    score = retrieval_accuracy(model, sampler)
    if not all(p.isfinite().all() for p in model.parameters()):
        score = float("nan")
    print("RESULT " + json.dumps({"metric": "retrieval_at_1", "value": score}))


if __name__ == "__main__":
    main()
