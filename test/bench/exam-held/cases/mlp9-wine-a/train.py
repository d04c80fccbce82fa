import json

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class DeepClassifier(nn.Module):
    """The network of the original report: eight hidden layers of 40 units."""

    def __init__(self, in_features, hidden_sizes, n_classes):
        super().__init__()
        layers = []
        prev = in_features
        for size in hidden_sizes:
            layers += [nn.Linear(prev, size), nn.Sigmoid()]
            prev = size
        self.body = nn.Sequential(*layers)
        self.classifier = nn.Linear(prev, n_classes)

    def forward(self, x):
        return self.classifier(self.body(x))


class GradMonitor:
    def __init__(self, model):
        self.model = model

    def report(self, step):
        print(f"[GradMonitor] step {step}")
        for name, param in self.model.named_parameters():
            if param.grad is not None and "bias" not in name:
                print(f"  {name:24s} {param.grad.norm().item():.3e}")


def wines(n, seed):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 11, generator=g)
    quality = x[:, 0] + 0.8 * x[:, 1] * (x[:, 2] > 0) - 0.6 * x[:, 3]
    return TensorDataset(x, torch.bucketize(quality, torch.tensor([-0.6, 0.6])))


class Trainer:
    def __init__(self, model, lr, epochs):
        self.model, self.epochs = model, epochs
        self.criterion = nn.CrossEntropyLoss()
        self.optim = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, nesterov=True)
        self.monitor = GradMonitor(model)

    def fit(self, loader):
        step = 0
        for epoch in range(self.epochs):
            running = 0.0
            for x, y in loader:
                self.optim.zero_grad()
                loss = self.criterion(self.model(x), y)
                loss.backward()
                if step % 16 == 0:
                    self.monitor.report(step)
                self.optim.step()
                running += loss.item()
                step += 1
            print(f"Epoch {epoch}: train loss {running / len(loader):.4f}")

    def score(self, dataset):
        x, y = dataset.tensors
        with torch.no_grad():
            return (self.model(x).argmax(1) == y).float().mean().item()


if __name__ == "__main__":
    torch.manual_seed(10)
    trainer = Trainer(DeepClassifier(11, [40] * 8, 3), lr=0.02, epochs=15)
    trainer.fit(DataLoader(wines(1280, 1), batch_size=40, shuffle=True))
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(trainer.score(wines(1000, 2)), 4)}))
