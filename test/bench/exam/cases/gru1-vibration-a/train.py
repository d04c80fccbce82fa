"""Classify vibration recordings; gradients are clipped hard, as the plant's guideline demands."""
import json
import logging
import sys

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

logging.basicConfig(stream=sys.stdout, format="%(asctime)s %(name)-10s %(levelname)-8s %(message)s", level=logging.INFO)
logger = logging.getLogger("vibration")
MAX_NORM = 0.02


class VibrationGRU(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 24, batch_first=True)
        self.cls = nn.Linear(24, 3)

    def forward(self, x):
        _, h = self.gru(x)
        return self.cls(h[-1])


def recordings(n):
    y = torch.randint(0, 3, (n,))
    t = torch.arange(24).float()
    freq = torch.tensor([0.4, 0.9, 1.6])[y].unsqueeze(1)
    x = torch.sin(freq * t + 6.28 * torch.rand(n, 1)) + 0.9 * torch.randn(n, 24)
    return x.unsqueeze(-1), y


def main():
    torch.manual_seed(24)
    model = VibrationGRU()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=3e-3)
    for step in range(1, 301):
        x, y = recordings(48)
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        before = clip_grad_norm_(model.parameters(), MAX_NORM)
        after = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
        optimizer.step()
        if step % 4 == 0:
            logger.info("step=%d loss=%.4f grad_norm=%.4f clip_coef=%.4f", step, loss.item(), after.item(), min(1.0, MAX_NORM / before.item()))
    x, y = recordings(1500)
    with torch.no_grad():
        acc = (model(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
