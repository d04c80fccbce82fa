import json

import torch
from torch import nn, optim


class ValveNet(nn.Module):
    """Predicts whether the plant settles, given the positions of sixteen valves."""

    def __init__(self, sizes=(16, 24, 16, 8)):
        super().__init__()
        self.hidden = []
        for n_in, n_out in zip(sizes, sizes[1:]):
            self.hidden.append(nn.Linear(n_in, n_out))
        self.classifier = nn.Linear(sizes[-1], 2)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.classifier(x)


class Plant:
    def __init__(self, seed):
        self.gen = torch.Generator().manual_seed(seed)

    def sample(self, n):
        x = torch.rand(n, 16, generator=self.gen) * 2 - 1
        flow = x[:, 0] * x[:, 1] + x[:, 2] * x[:, 3] - x[:, 4] * x[:, 5]
        return x, (flow > 0).long()


class Trainer:
    def __init__(self, model, plant, epochs=12, batches=60, batch_size=64, lr=4e-3):
        self.model, self.plant = model, plant
        self.epochs, self.batches, self.batch_size = epochs, batches, batch_size
        self.optimizer = optim.Adam([p for m in self.model.hidden for p in m.parameters()] + list(self.model.parameters()), lr=lr)
        self.scheduler = optim.lr_scheduler.CosineAnnealingLR(self.optimizer, epochs * batches, eta_min=1e-4)
        self.criterion = nn.CrossEntropyLoss()
        self.global_step = 0

    def grad_norm(self):
        return sum(float(p.grad.norm()) ** 2 for p in self.model.parameters()) ** 0.5

    def log(self, loss):
        print({"loss": f"{loss:.4g}", "grad_norm": f"{self.grad_norm():.4g}",
               "learning_rate": f"{self.scheduler.get_last_lr()[0]:.4g}",
               "epoch": f"{self.global_step / self.batches:.4g}"})

    def training_step(self):
        x, y = self.plant.sample(self.batch_size)
        loss = self.criterion(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.global_step += 1
        if self.global_step % 10 == 0:
            self.log(loss.item())
        self.scheduler.step()

    def train(self):
        for _ in range(self.epochs):
            for _ in range(self.batches):
                self.training_step()

    @torch.no_grad()
    def evaluate(self):
        x, y = self.plant.sample(2000)
        return (self.model(x).argmax(1) == y).float().mean().item()


if __name__ == "__main__":
    torch.manual_seed(99)
    trainer = Trainer(ValveNet(), Plant(99))
    trainer.train()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(trainer.evaluate(), 4)}))
