"""Pre-train a text CNN on three topics, then fine-tune it on a small, slightly mislabelled set of five."""
import json

import torch
import torch.nn as nn
import torch.nn.functional as F

from data import sentences
from model import TextCNN


def run_epoch(model, opt, x, y, batch_size):
    total, norms = 0.0, []
    for idx in torch.randperm(len(x)).split(batch_size):
        loss = F.cross_entropy(model(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        norms.append({n: p.grad.norm().item() for n, p in model.named_parameters()})
        opt.step()
        total += loss.item() * len(idx)
    return total / len(x), {n: sum(d[n] for d in norms) / len(norms) for n in norms[0]}


def main():
    torch.manual_seed(32)
    model = TextCNN()
    x, y = sentences(900, 3, seed=1)
    opt = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(4):
        run_epoch(model, opt, x, y, 50)

    model.fc = nn.Linear(model.fc.in_features, 5)
    opt = torch.optim.Adam([
        {"params": model.embedding.parameters(), "lr": 1e-4},
        {"params": model.convs.parameters(), "lr": 5e-4},
        {"params": model.fc.parameters(), "lr": 3e-3},
    ])
    x, y = sentences(400, 5, seed=2, label_noise=0.1)
    val_x, val_y = sentences(500, 5, seed=3, label_noise=0.1)
    test_x, test_y = sentences(1000, 5, seed=4)
    for epoch in range(40):
        model.train()
        loss, norms = run_epoch(model, opt, x, y, 40)
        model.eval()
        with torch.no_grad():
            val_loss = F.cross_entropy(model(val_x), val_y).item()
        print(json.dumps({"epoch": epoch, "train_loss": round(loss, 5), "val_loss": round(val_loss, 5), "grads": {k: round(v, 6) for k, v in norms.items()}}))

    with torch.no_grad():
        acc = (model(test_x).argmax(1) == test_y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
