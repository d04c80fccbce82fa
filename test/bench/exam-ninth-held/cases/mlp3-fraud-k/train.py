# imbalanced classification (2% positives), focal loss
import torch, torch.nn as nn, json
torch.manual_seed(4)

n = 12000
x = torch.randn(n, 10)
score = x[:, 0] * x[:, 1] + x[:, 2] - 0.5 * x[:, 3] ** 2
thr = score.sort().values[int(n * 0.98)]
y = (score > thr).float()
x[:, 4:7] = x[:, 4:7] * 0.3
tr = slice(0, 9000); te = slice(9000, n)
print("positives:", y[tr].sum().item(), "of", 9000)

def focal(logit, t, gamma=2.0, alpha=0.75):
    p = torch.sigmoid(logit)
    ce = nn.functional.binary_cross_entropy_with_logits(logit, t, reduction='none')
    pt = p * t + (1 - p) * (1 - t)
    a = alpha * t + (1 - alpha) * (1 - t)
    return (a * (1 - pt) ** gamma * ce).mean()

class Clf(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(10, 64)
        self.b = nn.Linear(64, 64)
        self.c = nn.Linear(64, 1)
    def forward(self, x):
        x = torch.relu(self.a(x))
        x = torch.relu(self.b(x))
        return self.c(x).squeeze(1)

net = Clf()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
sch = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 600)
for it in range(600):
    i = torch.randint(0, 9000, (256,))
    l = focal(net(x[tr][i]), y[tr][i])
    opt.zero_grad(); l.backward()
    opt.step(); sch.step()
    if it % 20 == 0:
        print(f"iter {it:4d}  focal {l.item():.6f}  lr {sch.get_last_lr()[0]:.2e}")
        for k, q in net.named_parameters():
            print(f"    {k:10s} grad_norm={q.grad.norm():.6f}")

with torch.no_grad():
    p = net(x[te]) > 0
t = y[te] > 0
tp = (p & t).sum().item(); fp = (p & ~t).sum().item(); fn = (~p & t).sum().item()
f1 = 2 * tp / max(1, 2 * tp + fp + fn)
print("tp", tp, "fp", fp, "fn", fn)
print("RESULT " + json.dumps({"metric": "test_f1", "value": round(f1, 4)}))
