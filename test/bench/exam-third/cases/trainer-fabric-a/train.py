import json
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    """Small trainer with callbacks, used for all the fabric experiments."""

    def __init__(self, model, loss_fn, optimizer, callbacks=()):
        self.model = model
        self.loss_fn = loss_fn
        self.optimizer = optimizer
        self.callbacks = list(callbacks)
        self.global_step = 0

    def training_step(self, batch):
        x, y = batch
        return self.loss_fn(self.model(x), y)

    def fit(self, loader, epochs):
        for epoch in range(epochs):
            self.model.train()
            self.optimizer.zero_grad()
            for batch in loader:
                loss = self.training_step(batch)
                loss.backward()
                self._emit("on_after_backward", loss)
                self.optimizer.step()
                self.global_step += 1

    def _emit(self, event, *args):
        for cb in self.callbacks:
            getattr(cb, event)(self, *args)


class GradientPrinter:
    def __init__(self, every=3):
        self.every = every

    def on_after_backward(self, trainer, loss):
        if trainer.global_step % self.every:
            return
        parts = [f"{n}={p.grad.norm():.4f}" for n, p in trainer.model.named_parameters() if n.endswith("weight")]
        print(f"[{trainer.global_step:04d}] loss={loss:.4f} " + " ".join(parts))


def fabric_data(n=1600, d=20):
    prototypes = torch.randn(5, d)
    y = torch.randint(0, 5, (n,))
    x = prototypes[y] * 0.7 + torch.randn(n, d)
    return x, y


torch.manual_seed(12)
X, Y = fabric_data()
model = nn.Sequential()
model.add_module("inp", nn.Linear(20, 64))
model.add_module("relu1", nn.ReLU())
model.add_module("mid", nn.Linear(64, 64))
model.add_module("relu2", nn.ReLU())
model.add_module("out", nn.Linear(64, 5))
loader = DataLoader(TensorDataset(X[:1280], Y[:1280]), batch_size=16, shuffle=True)
trainer = Trainer(model, nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=0.02), [GradientPrinter()])
trainer.fit(loader, epochs=4)
with torch.no_grad():
    ce = nn.functional.cross_entropy(model(X[1280:]), Y[1280:]).item()
print("RESULT " + json.dumps({"metric": "val_loss", "value": round(ce, 5)}))
