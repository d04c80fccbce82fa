"""Fine-tuning: the first stages keep the filters learnt on rotation prediction, only the last stage and head move."""
import json
import torch
import torch.nn as nn
import torch.nn.functional as F


def pictures(n, kind):
    """gratings; kind 'pre': label = orientation (2), kind 'down': label = orientation x frequency (4)"""
    o, f = torch.randint(0, 2, (n,)), torch.randint(0, 2, (n,))
    r = torch.arange(12).float()
    w = torch.where(f == 1, torch.tensor(1.9), torch.tensor(0.9)).view(-1, 1)
    wave = torch.sin(w * r + 6.28 * torch.rand(n, 1))
    img = torch.where(o.view(-1, 1, 1) == 1, wave.unsqueeze(1).expand(n, 12, 12), wave.unsqueeze(2).expand(n, 12, 12))
    img = img + 0.5 * torch.randn(n, 12, 12)
    return img.unsqueeze(1), (o if kind == "pre" else 2 * o + f)


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.stage1 = nn.Conv2d(1, 12, 3, padding=1)
        self.stage2 = nn.Conv2d(12, 16, 3, padding=1)
        self.stage3 = nn.Conv2d(16, 24, 3, padding=1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.stage1(x)), 2)
        x = F.relu(self.stage2(x))
        return F.relu(self.stage3(x)).mean((2, 3))


def run(model, opt, kind, steps, report):
    for step in range(steps):
        x, y = pictures(32, kind)
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        if report and step % 12 == 0:
            print(f"--- step {step}  loss {loss.item():.4f}")
            print(f"{'parameter':<22}{'trainable':<11}{'grad norm':>12}{'weight norm':>13}")
            for n, p in model.named_parameters():
                g = p.grad.norm().item() if p.grad is not None else 0.0
                print(f"{n:<22}{str(p.requires_grad):<11}{g:>12.6f}{p.norm().item():>13.4f}")
        opt.step()


torch.manual_seed(55)
backbone = Backbone()
model = nn.Sequential(backbone, nn.Linear(24, 2))
run(model, torch.optim.Adam(model.parameters(), lr=3e-3), "pre", 150, False)

for p in list(backbone.stage1.parameters()) + list(backbone.stage2.parameters()):
    p.requires_grad = False
    p.grad = None
model = nn.Sequential(backbone, nn.Linear(24, 4))
run(model, torch.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()), lr=3e-3), "down", 240, True)
with torch.no_grad():
    x, y = pictures(600, "down")
    acc = (model(x).argmax(1) == y).float().mean().item()
print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))
