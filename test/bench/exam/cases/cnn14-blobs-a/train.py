import csv
import json

import torch
import torch.nn as nn
from torch.utils.data import DataLoader

from data import BlobImages
from model import BlobCounter


def evaluate(model, loader):
    model.eval()
    right = total = 0
    with torch.no_grad():
        for images, labels in loader:
            right += (model(images).argmax(1) == labels).sum().item()
            total += len(labels)
    return right / total


def main():
    torch.manual_seed(17)
    train_loader = DataLoader(BlobImages(512, seed=1), batch_size=32, shuffle=True)
    val_loader = DataLoader(BlobImages(256, seed=2), batch_size=128)
    model = BlobCounter()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    tracked = [(name, p) for name, p in model.named_parameters() if p.ndim > 1]
    with open("grad_log.csv", "w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["iteration", "loss"] + [name for name, _ in tracked])
        it = 0
        for epoch in range(10):
            model.train()
            for images, labels in train_loader:
                optimizer.zero_grad()
                loss = criterion(model(images), labels)
                loss.backward()
                if it % 4 == 0:
                    writer.writerow([it, round(loss.item(), 5)] + ["%.3e" % p.grad.norm() for _, p in tracked])
                optimizer.step()
                it += 1
            print("epoch", epoch, "val acc", round(evaluate(model, val_loader), 3))
    print("RESULT " + json.dumps({"metric": "val_acc", "value": round(evaluate(model, val_loader), 4)}))


if __name__ == "__main__":
    main()
