import json, time
import torch
import torch.nn as nn

N_CLASS = 16
LEN = 64


def vibration(n, g):
    """bearing-fault signatures: each class is a pair of tones plus an impact rate"""
    t = torch.arange(LEN).float() / LEN
    y = torch.randint(0, N_CLASS, (n,), generator=g)
    f1 = 2 + (y % 4).float() * 2.5
    f2 = 12 + (y // 4).float() * 4
    ph = 6.283 * torch.rand(n, 2, generator=g)
    s = torch.sin(6.283 * f1[:, None] * t + ph[:, :1]) + 0.8 * torch.sin(6.283 * f2[:, None] * t + ph[:, 1:])
    return (s + 0.4 * torch.randn(n, LEN, generator=g)).unsqueeze(1), y


class FaultNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv1d(1, 16, 9, stride=2, padding=4), nn.ReLU(),
            nn.Conv1d(16, 32, 5, stride=2, padding=2), nn.ReLU(),
            nn.AdaptiveMaxPool1d(4),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(128, 64), nn.ReLU(),
            nn.Linear(64, N_CLASS),
        )

    def forward(self, x):
        return self.classifier(self.features(x))


def train():
    torch.manual_seed(2024)
    g = torch.Generator().manual_seed(6)
    xt, yt = vibration(1600, g)
    xv, yv = vibration(400, g)
    net = FaultNet()
    ce = nn.CrossEntropyLoss()
    opt = torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9)
    n_iter, bs, seen = 400, 32, 0
    t0 = time.time()
    for it in range(1, n_iter + 1):
        i = torch.randint(0, len(xt), (bs,), generator=g)
        loss = ce(net(xt[i]), yt[i])
        opt.zero_grad()
        loss.backward()
        norm = torch.norm(torch.stack([q.grad.norm() for q in net.parameters()]))
        opt.step()
        seen += bs
        if it % 5 == 0:
            ms = (time.time() - t0) * 1000 / 5
            print(f" iteration {it:8d}/{n_iter:8d} | consumed samples: {seen:12d} | elapsed time per iteration (ms): {ms:.1f} | "
                  f"learning rate: 3.000000E-02 | global batch size: {bs:5d} | cls loss: {loss.item():.6E} | loss scale: 1.0 | "
                  f"grad norm: {norm.item():.3f} | number of skipped iterations:   0 | number of nan iterations:   0 |")
            t0 = time.time()
    with torch.no_grad():
        acc = (net(xv).argmax(1) == yv).float().mean().item()
    print("RESULT " + json.dumps({"metric": "val_acc", "value": round(acc, 4)}))


if __name__ == "__main__":
    train()
