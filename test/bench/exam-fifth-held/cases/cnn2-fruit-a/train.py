"""Small convnet, ported from an old Keras example (model.compile / model.fit kept as method names)."""
import json
import time

import torch
import torch.nn as nn

NUM_CLASSES = 50
BATCH_SIZE = 64
EPOCHS = 8


def load_data(n, templates):
    y = torch.randint(0, NUM_CLASSES, (n,))
    x = templates[y] + 0.6 * torch.randn(n, 3, 8, 8)
    return x, y


class Sequential(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def call(self, x):
        for l in self.layers:
            x = l(x)
        return x

    forward = call

    def compile(self, optimizer, loss):
        self.optimizer, self.loss = optimizer, loss

    def fit(self, x, y, epochs, batch_size):
        for e in range(epochs):
            t0, seen, lsum, hits, gsum, nb = time.time(), 0, 0.0, 0, 0.0, 0
            for idx in torch.randperm(len(x)).split(batch_size):
                out = self(x[idx])
                loss = self.loss(out, y[idx])
                self.optimizer.zero_grad()
                loss.backward()
                gsum += float(sum(p.grad.pow(2).sum() for p in self.parameters())) ** 0.5
                self.optimizer.step()
                seen += len(idx); nb += 1
                lsum += loss.item() * len(idx)
                hits += int((out.argmax(1) == y[idx]).sum())
            print(f"Epoch {e + 1}/{epochs}")
            print(f"{nb}/{nb} [==============================] - {time.time() - t0:.0f}s - loss: {lsum / seen:.4f} - accuracy: {hits / seen:.4f} - grad_norm: {gsum / nb:.4f}")

    def evaluate(self, x, y):
        with torch.no_grad():
            return (self(x).argmax(1) == y).float().mean().item()


torch.manual_seed(64)
templates = torch.randn(NUM_CLASSES, 3, 8, 8)
x_train, y_train = load_data(2560, templates)
x_test, y_test = load_data(500, templates)

model = Sequential(
    nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten(),
    nn.Linear(32 * 16, NUM_CLASSES), nn.Softmax(dim=1))
model.compile(torch.optim.SGD(model.parameters(), lr=0.005, momentum=0.9), nn.CrossEntropyLoss())
model.fit(x_train, y_train, EPOCHS, BATCH_SIZE)
acc = model.evaluate(x_test, y_test)
print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))
