"""Tell small 2-D point clouds apart by message passing between neighbouring points."""
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass
class TrainSpec:
    steps: int = 120
    batch_clouds: int = 24
    points: int = 24
    radius: float = 1.3
    hidden: int = 32
    rounds: int = 7
    lr: float = 2e-3
    seed: int = 33


class MessageRound(nn.Module):
    """h_i <- silu(A h_i + sum_j B h_j) over all j within the radius."""

    def __init__(self, dim: int):
        super().__init__()
        self.own = nn.Linear(dim, dim)
        self.msg = nn.Linear(dim, dim, bias=False)

    def forward(self, h: Tensor, near: Tensor) -> Tensor:
        received = torch.einsum("bij,bjd->bid", near, self.msg(h))
        return nn.functional.silu(self.own(h) + received)


class CloudClassifier(nn.Module):
    def __init__(self, spec: TrainSpec, n_kinds: int = 3):
        super().__init__()
        self.radius = spec.radius
        self.lift = nn.Linear(2, spec.hidden)
        self.rounds = nn.ModuleList(MessageRound(spec.hidden) for _ in range(spec.rounds))
        self.readout = nn.Linear(spec.hidden, n_kinds)

    def forward(self, pts: Tensor) -> Tensor:
        near = (torch.cdist(pts, pts) < self.radius).float()
        h = self.lift(pts)
        for r in self.rounds:
            h = r(h, near)
        return self.readout(h.mean(dim=1))


def clouds(n: int, points: int):
    kind = torch.randint(0, 3, (n,))
    ang = 2 * math.pi * torch.rand(n, points)
    ring = torch.stack([ang.cos(), ang.sin()], -1)
    blob = 0.5 * torch.randn(n, points, 2)
    side = torch.where(torch.rand(n, points, 1) < 0.5, -0.9, 0.9) * torch.tensor([1.0, 0.0])
    pair = side + 0.35 * torch.randn(n, points, 2)
    pts = torch.stack([ring, blob, pair], 1)[torch.arange(n), kind]
    return pts + 0.08 * torch.randn_like(pts), kind


def train(spec: TrainSpec) -> float:
    torch.manual_seed(spec.seed)
    model = CloudClassifier(spec)
    optimizer = torch.optim.Adam(model.parameters(), lr=spec.lr)
    for step in range(1, spec.steps + 1):
        pts, kind = clouds(spec.batch_clouds, spec.points)
        loss = nn.functional.cross_entropy(model(pts), kind)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        grad_norm = torch.norm(torch.stack([p.grad.norm() for p in model.parameters()]))
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 2 == 0:
            print(f"step: {step:3d}  loss: {loss.item():9.5f}  grad_norm: {grad_norm.item():9.4f}  "
                  f"memory:  0.01GiB(0.02%)  tps: {spec.batch_clouds * spec.points}  tflops: 0.00  mfu: 0.00%")
    with torch.no_grad():
        pts, kind = clouds(500, spec.points)
        return (model(pts).argmax(1) == kind).float().mean().item()


if __name__ == "__main__":
    print('RESULT {"metric": "accuracy", "value": %.4f}' % train(TrainSpec()))
