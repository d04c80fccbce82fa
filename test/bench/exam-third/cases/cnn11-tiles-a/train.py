import json
import math

import torch
import torch.nn.functional as F

from net import TileNet

STEPS, BATCH, LR = 200, 16, 0.001


def make_tiles(n, seed):
    """Oriented gratings on ceramic tiles: 0, 45, 90 or 135 degrees."""
    g = torch.Generator().manual_seed(seed)
    ys, xs = torch.meshgrid(torch.linspace(-1, 1, 12), torch.linspace(-1, 1, 12), indexing="ij")
    k = torch.randint(0, 4, (n,), generator=g)
    ang = (k * math.pi / 4).view(n, 1, 1)
    phase = 2 * math.pi * torch.rand(n, 1, 1, generator=g)
    img = torch.sin(7 * (xs * torch.cos(ang) + ys * torch.sin(ang)) + phase)
    return (img + 0.4 * torch.randn(n, 12, 12, generator=g)).unsqueeze(1), k


def grad_report(model):
    return {name: float(f"{p.grad.norm().item():.5g}") for name, p in model.named_parameters() if p.ndim > 1}


def run():
    torch.manual_seed(3)
    train_x, train_y = make_tiles(800, 3)
    test_x, test_y = make_tiles(300, 4)
    model = TileNet()
    adam = torch.optim.Adam(model.parameters(), lr=LR)
    out = open("metrics.jsonl", "w")
    for step in range(STEPS):
        sel = torch.randint(0, 800, (BATCH,))
        loss = F.cross_entropy(model(train_x[sel]), train_y[sel])
        model.zero_grad()
        loss.backward()
        out.write(json.dumps({"step": step, "loss": loss.item(), "grads": grad_report(model)}) + "\n")
        adam.step()
    out.close()
    with torch.no_grad():
        test_loss = F.cross_entropy(model(test_x), test_y).item()
    print("RESULT", json.dumps({"metric": "test_loss", "value": round(test_loss, 4)}))


if __name__ == "__main__":
    run()
