# Classify tremor recordings (3 classes) with a stack of dilated 1-d convolutions.
import json
import math
import torch
import torch.nn as nn

def make_recordings(n, length=48):
    cls = torch.randint(0, 3, (n,))
    freq = torch.tensor([3.0, 5.0, 8.0])[cls] + 0.4 * torch.randn(n)
    t = torch.linspace(0, 1, length)
    phase = 2 * math.pi * torch.rand(n, 1)
    sig = torch.sin(2 * math.pi * freq[:, None] * t + phase) + 0.35 * torch.randn(n, length)
    return sig.unsqueeze(1), cls

def conv(cin, cout, dilation):
    return nn.Conv1d(cin, cout, 3, padding=dilation, dilation=dilation)

class TCN(nn.Module):
    def __init__(self, ch=16, n_classes=3):
        super().__init__()
        self.stem = conv(1, ch, 1)
        self.tower = nn.ModuleList([conv(ch, ch, d) for d in (1, 2, 4, 8, 1, 2, 4, 8)])
        self.act = nn.GELU()
        self.fc = nn.Linear(ch, n_classes)
        self.apply(self._init_weights)

    def _init_weights(self, m):
        if isinstance(m, (nn.Conv1d, nn.Linear)):
            nn.init.normal_(m.weight, mean=0.0, std=0.02)
            if m.bias is not None:
                nn.init.zeros_(m.bias)

    def forward(self, x):
        x = self.act(self.stem(x))
        for c in self.tower:
            x = self.act(c(x))
        return self.fc(x.mean(-1))

def print_grads(model):
    for name, param in model.named_parameters():
        if param.grad is not None and "weight" in name:
            print("  {:<18s} | grad norm = {:.6e}".format(name, param.grad.norm()))

if __name__ == "__main__":
    torch.manual_seed(13)
    X, Y = make_recordings(480)
    Xv, Yv = make_recordings(240)
    model = TCN()
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    ce = nn.CrossEntropyLoss()
    it = 0
    for ep in range(14):
        for idx in torch.randperm(480).split(32):
            opt.zero_grad()
            loss = ce(model(X[idx]), Y[idx])
            loss.backward()
            opt.step()
            it += 1
        with torch.no_grad():
            val = (model(Xv).argmax(1) == Yv).float().mean().item()
        print("epoch %02d | iter %d | loss %.5f | val acc %.3f" % (ep, it, loss.item(), val))
        print_grads(model)
    print("RESULT", json.dumps({"metric": "val_accuracy", "value": round(val, 4)}))
