"""Arrhythmia detection on synthetic ECG strips with a 1-d residual network."""
import json
import torch
from torch import nn

CFG = dict(seed=1, length=96, channels=16, blocks=16, batch=32, steps=240, lr=0.05, print_every=12)


def ecg_batch(n, length):
    t = torch.arange(length).float()
    label = torch.randint(0, 2, (n,))
    strip = 0.15 * torch.randn(n, length)
    for i in range(n):
        period = 16.0
        beats = torch.arange(4.0, length, period)
        if label[i]:
            beats = beats + 5.0 * (torch.rand(len(beats)) - 0.5) * 2
        for b in beats:
            strip[i] += torch.exp(-0.5 * ((t - b) / 1.2) ** 2) - 0.3 * torch.exp(-0.5 * ((t - b - 4) / 2.0) ** 2)
    return strip.unsqueeze(1), label


class Block(nn.Module):
    def __init__(self, ch, dilation):
        super().__init__()
        self.conv1 = nn.Conv1d(ch, ch, 5, padding=2 * dilation, dilation=dilation)
        self.conv2 = nn.Conv1d(ch, ch, 5, padding=2 * dilation, dilation=dilation)

    def forward(self, x):
        y = self.conv2(torch.relu(self.conv1(x)))
        return 0.5 * (x + y)


class EcgNet(nn.Module):
    def __init__(self, ch, blocks):
        super().__init__()
        self.stem = nn.Conv1d(1, ch, 7, padding=3)
        self.blocks = nn.ModuleList([Block(ch, 1 + i % 4) for i in range(blocks)])
        self.fc = nn.Linear(ch, 2)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        for b in self.blocks:
            x = b(x)
        return self.fc(x.amax(-1))


def norms(net):
    rows = [("stem", net.stem.weight)]
    rows += [(f"block{i}.conv1", b.conv1.weight) for i, b in enumerate(net.blocks)]
    rows += [("fc", net.fc.weight)]
    return " ".join(f"{n}:{p.grad.norm().item():.2e}" for n, p in rows)


def run():
    torch.manual_seed(CFG["seed"])
    pool_x, pool_y = ecg_batch(1200, CFG["length"])
    test_x, test_y = ecg_batch(300, CFG["length"])
    net = EcgNet(CFG["channels"], CFG["blocks"])
    opt = torch.optim.SGD(net.parameters(), lr=CFG["lr"], momentum=0.9)
    for step in range(CFG["steps"]):
        idx = torch.randint(0, len(pool_x), (CFG["batch"],))
        loss = nn.functional.cross_entropy(net(pool_x[idx]), pool_y[idx])
        opt.zero_grad()
        loss.backward()
        if step % CFG["print_every"] == 0:
            print(f"it {step:4d} loss {loss.item():.4f} grads {norms(net)}")
        opt.step()
    with torch.no_grad():
        acc = (net(test_x).argmax(1) == test_y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


run()
