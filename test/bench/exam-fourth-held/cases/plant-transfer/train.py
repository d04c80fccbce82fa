"""Transfer learning: pretrain on coarse leaf colours, then train on twelve species."""
import json
import math
import torch
import torch.nn as nn


def pictures(n, classes, seed, size=12):
    g = torch.Generator().manual_seed(seed)
    pg = torch.Generator().manual_seed(500)
    hue = torch.rand(24, 3, generator=pg)
    freq = 1 + 5 * torch.rand(24, 2, generator=pg)
    y = torch.randint(0, classes, (n,), generator=g)
    ax = torch.linspace(0, 2 * math.pi, size)
    pat = torch.sin(freq[y, 0, None, None] * ax[None, :, None] + freq[y, 1, None, None] * ax[None, None, :] + 6.28 * torch.rand(n, 1, 1, generator=g))
    img = hue[y][:, :, None, None] + 0.35 * pat[:, None]
    return img + 0.3 * torch.randn(n, 3, size, size, generator=g), y


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2))
        self.layer2 = nn.Sequential(nn.Conv2d(16, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU())
        self.fc = nn.Linear(24, 4)

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(x)).mean((2, 3)))


def loop(model, optimizer, data, epochs, tag, batch=50):
    x, y = data
    step = 0
    for epoch in range(epochs):
        for idx in torch.randperm(len(x)).split(batch):
            loss = nn.functional.cross_entropy(model(x[idx]), y[idx])
            optimizer.zero_grad()
            loss.backward()
            if step % 20 == 0:
                body = [p.grad.norm().item() for n, p in model.named_parameters() if n.startswith("layer")]
                print(f"[{tag}] epoch {epoch} step {step} loss {loss.item():.4f} grad_norm backbone={sum(v * v for v in body) ** 0.5:.4f} fc={model.fc.weight.grad.norm().item():.4f}")
            optimizer.step()
            step += 1


def accuracy(model, data):
    model.eval()
    with torch.no_grad():
        return (model(data[0]).argmax(1) == data[1]).float().mean().item()


def main():
    torch.manual_seed(0)
    model = Backbone()
    pre_opt = torch.optim.Adam(model.parameters(), lr=2e-3)
    loop(model, pre_opt, pictures(1000, 4, 1), 3, "pretrain")

    optimizer = torch.optim.SGD([
        {"params": model.layer1.parameters(), "lr": 1e-4},
        {"params": model.layer2.parameters(), "lr": 1e-4},
        {"params": model.fc.parameters(), "lr": 5e-2},
    ], momentum=0.9)
    model.fc = nn.Linear(24, 12)
    model.train()
    loop(model, optimizer, pictures(2000, 12, 2), 8, "finetune")
    acc = accuracy(model, pictures(800, 12, 3))
    print("RESULT " + json.dumps({"metric": "species_accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
