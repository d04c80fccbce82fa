# %% [code]
# Simple NN baseline, 2 folds. CV in the last cell.
import json, random
import numpy as np
import torch, torch.nn as nn
import torch.nn.functional as F

class CFG:
    seed = 2021
    n_folds = 2
    epochs = 12
    bs = 64
    lr = 1e-3
    hidden = 32

def seed_everything(s):
    random.seed(s); np.random.seed(s); torch.manual_seed(s)

seed_everything(CFG.seed)

# %% [code]
N = 2400
train_x = np.random.randn(N, 14).astype(np.float32)
score = train_x[:, 0] * train_x[:, 1] + 0.8 * train_x[:, 2] - 0.5 * np.abs(train_x[:, 3]) + 0.3
train_y = (score > 0).astype(np.float32)
fold_id = np.arange(N) % CFG.n_folds

# %% [code]
class TabNet(nn.Module):
    def __init__(self, n_in):
        super().__init__()
        sizes = [n_in] + [CFG.hidden] * 8
        self.fcs = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])])
        self.out = nn.Linear(CFG.hidden, 1)
    def forward(self, x):
        for fc in self.fcs:
            x = torch.sigmoid(fc(x))
        return self.out(x).squeeze(1)

# %% [code]
oof = np.zeros(N, dtype=np.float32)
for fold in range(CFG.n_folds):
    tr, va = np.where(fold_id != fold)[0], np.where(fold_id == fold)[0]
    xtr, ytr = torch.from_numpy(train_x[tr]), torch.from_numpy(train_y[tr])
    xva, yva = torch.from_numpy(train_x[va]), torch.from_numpy(train_y[va])
    net = TabNet(train_x.shape[1])
    optimizer = torch.optim.Adam(net.parameters(), lr=CFG.lr)
    print(f'===== FOLD {fold} =====')
    for ep in range(CFG.epochs):
        net.train(); tl = 0.
        for b in torch.randperm(len(xtr)).split(CFG.bs):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(net(xtr[b]), ytr[b])
            loss.backward()
            g = [m.weight.grad.norm().item() for m in list(net.fcs) + [net.out]]
            optimizer.step()
            tl += loss.item() * len(b)
        net.eval()
        with torch.no_grad():
            pv = net(xva)
            vl = F.binary_cross_entropy_with_logits(pv, yva).item()
        oof[va] = pv.numpy()
        print(f'ep {ep:02d} trn {tl / len(xtr):.4f} val {vl:.4f} acc {((pv > 0).float() == yva).float().mean():.4f}')
        print('    grads  ' + '  '.join(f'fcs.{i}={v:.2e}' for i, v in enumerate(g[:-1])) + f'  out={g[-1]:.2e}')

# %% [code]
cv = float(((oof > 0) == (train_y > 0.5)).mean())
print(f'CV {cv:.4f}')
print('RESULT ' + json.dumps({"metric": "cv_accuracy", "value": round(cv, 4)}))
