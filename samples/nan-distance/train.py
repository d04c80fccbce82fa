"""Learns an embedding in which points of the same ring lie close together, from pairs of points."""
import torch
from torch import nn

ITEMS = 2500
PAIRS = 32
STEPS = 300


class Embedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(3, 64),
            nn.ReLU(),
            nn.Linear(64, 64),
            nn.ReLU(),
            nn.Linear(64, 8),
        )

    def forward(self, x):
        return self.layers(x)


def rings():
    ring = torch.randint(0, 4, (ITEMS,))
    points = torch.randn(ITEMS, 3)
    points = points / points.norm(dim=1, keepdim=True) * (1.0 + ring[:, None])
    return points + 0.05 * torch.randn(ITEMS, 3), ring


def main():
    torch.manual_seed(8)
    points, ring = rings()
    model = Embedding()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(1, STEPS + 1):
        left = torch.randint(0, ITEMS, (PAIRS,))
        right = torch.randint(0, ITEMS, (PAIRS,))
        same = (ring[left] == ring[right]).float()
        difference = model(points[left]) - model(points[right])
        distance = torch.sqrt((difference**2).sum(dim=1))
        loss = (same * distance**2 + (1 - same) * torch.relu(2.0 - distance) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        total = torch.nn.utils.clip_grad_norm_(model.parameters(), 10.0)
        optimizer.step()
        if step % 2 == 0:
            rate = optimizer.param_groups[0]["lr"]
            print({"loss": round(loss.item(), 4), "grad_norm": total.item(), "learning_rate": rate, "epoch": step / 100})


if __name__ == "__main__":
    main()
