"""Wine quality, six grades from eleven lab values."""
import json

import torch
import torch.nn as nn


class Standardise:
    def fit(self, x):
        self.mean, self.std = x.mean(0), x.std(0)
        return self

    def __call__(self, x):
        return (x - self.mean) / self.std


def lab_values(n, seed):
    g = torch.Generator().manual_seed(seed)
    z = torch.randn(n, 11, generator=g)
    scale = torch.tensor([1.7, 0.18, 0.19, 1.4, 0.05, 10.0, 33.0, 0.002, 0.15, 0.17, 1.1])
    offset = torch.tensor([8.3, 0.5, 0.27, 2.5, 0.09, 16.0, 46.0, 0.997, 3.3, 0.66, 10.4])
    q = 1.3 * z[:, 10] - z[:, 1] + 0.8 * z[:, 9] * (z[:, 6] < 0.5) - 0.6 * z[:, 3].abs() + 0.5
    grade = torch.bucketize(q + 0.15 * torch.randn(n, generator=g), torch.tensor([-2.2, -1.0, 0.0, 1.0, 2.2]))
    return z * scale + offset, grade


def make_model(sizes=(11, 64, 64, 6)):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def train(model, x, y, epochs=20, batch=64, lr=2e-3, weight_decay=0.3):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay)
    step = 0
    for epoch in range(epochs):
        for idx in torch.randperm(len(x)).split(batch):
            loss = nn.functional.cross_entropy(model(x[idx]), y[idx])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step % 25 == 0:
                row = {"epoch": epoch, "step": step, "loss": loss.item()}
                row.update({f"grad_norm.{n}": p.grad.norm().item() for n, p in model.named_parameters()})
                row.update({f"weight_norm.{n}": p.norm().item() for n, p in model.named_parameters() if p.dim() > 1})
                print({k: (v if isinstance(v, int) else float(f"{v:.4g}")) for k, v in row.items()})
            step += 1


def main():
    torch.manual_seed(30)
    x, y = lab_values(4000, 1)
    xt, yt = lab_values(1000, 2)
    scaler = Standardise().fit(x)
    model = make_model()
    train(model, scaler(x), y)
    with torch.no_grad():
        acc = (model(scaler(xt)).argmax(1) == yt).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
