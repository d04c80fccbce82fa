"""Adapt a speech emotion model to a new accent: the feature extractor stays fixed, adapter and head are trained."""
import json
import torch
import torch.nn as nn


class Extractor(nn.Module):
    def __init__(self, mels=16, dim=40):
        super().__init__()
        self.conv1 = nn.Conv1d(mels, dim, 5, padding=2)
        self.conv2 = nn.Conv1d(dim, dim, 5, padding=2)

    def forward(self, x):
        return torch.relu(self.conv2(torch.relu(self.conv1(x)))).mean(-1)


class EmotionModel(nn.Module):
    def __init__(self, dim=40, classes=5):
        super().__init__()
        self.extractor = Extractor(dim=dim)
        self.adapter = nn.Sequential(nn.Linear(dim, 16), nn.ReLU(), nn.Linear(16, dim))
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        f = self.extractor(x)
        return self.head(f + self.adapter(f))


PROTO = torch.randn(5, 16, 6, generator=torch.Generator().manual_seed(1))


def clips(n, accent, g):
    y = torch.randint(0, 5, (n,), generator=g)
    base = nn.functional.interpolate(PROTO[y], size=30, mode="linear", align_corners=True)
    if accent:
        base = base.roll(2, dims=1) * 0.8
    return base + 1.3 * torch.randn(n, 16, 30, generator=g), y


def train(model, params, accent, steps, lr, g, log=None):
    opt = torch.optim.Adam(params, lr=lr)
    for step in range(steps):
        x, y = clips(40, accent, g)
        loss = nn.functional.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        if log is not None and step % 5 == 0:
            norms = {n: (None if p.grad is None else round(p.grad.norm().item(), 5)) for n, p in model.named_parameters()}
            log.write(json.dumps({"step": step, "loss": round(loss.item(), 5), "grad_norm": norms}) + "\n")
        opt.step()


if __name__ == "__main__":
    torch.manual_seed(25)
    g = torch.Generator().manual_seed(26)
    model = EmotionModel()
    train(model, model.parameters(), False, 150, 2e-3, g)
    print("base model ready")
    for p in model.extractor.parameters():
        p.requires_grad = False
    for p in model.parameters():
        p.grad = None
    with open("finetune.jsonl", "w") as log:
        train(model, [p for p in model.parameters() if p.requires_grad], True, 350, 3e-3, g, log)
    x, y = clips(1000, True, g)
    with torch.no_grad():
        acc = (model(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accent_accuracy", "value": round(acc, 4)}))
