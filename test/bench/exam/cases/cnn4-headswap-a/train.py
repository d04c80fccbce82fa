"""Pre-train on four orientations, then adapt the classifier to eight."""
import json

import torch
import torch.nn as nn
import torch.nn.functional as F

from data import gratings
from model import SmallBackbone, freeze


def pretrain(model, steps=50):
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    x, y = gratings(1600, 4, seed=1)
    for i in range(steps):
        idx = torch.randint(0, len(x), (32,))
        loss = F.cross_entropy(model(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()


def finetune(model, n_classes, epochs=10, batch_size=32):
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    freeze(model)
    model.fc = nn.Linear(model.fc.in_features, n_classes)

    x, y = gratings(640, n_classes, seed=2)
    step = 0
    for epoch in range(epochs):
        for idx in torch.randperm(len(x)).split(batch_size):
            loss = F.cross_entropy(model(x[idx]), y[idx])
            model.zero_grad()
            loss.backward()
            optimizer.step()
            if step % 5 == 0:
                grads = ", ".join(f"'{n}': {p.grad.norm().item():.4f}" for n, p in model.named_parameters() if p.grad is not None)
                print(f"{{'epoch': {epoch}, 'step': {step}, 'loss': {loss.item():.4f}, 'grads': {{{grads}}}}}")
            step += 1


def main():
    torch.manual_seed(18)
    model = SmallBackbone(4)
    pretrain(model)
    finetune(model, n_classes=8)
    model.eval()
    x, y = gratings(800, 8, seed=3)
    with torch.no_grad():
        acc = (model(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
