"""European call pricer. Network learns C(S, K, T, sigma) and we report mean relative error, because traders think in percent."""
import math, json
import torch
from torch import nn

class cfg:
    seed = 5
    n_paths = 20000
    batch = 64
    n_epochs = 8
    lr = 4e-3
    widths = (4, 64, 64, 1)

def Phi(x): return 0.5 * (1 + torch.erf(x / math.sqrt(2)))

def black_scholes(S, K, T, v):
    d1 = (torch.log(S / K) + 0.5 * v ** 2 * T) / (v * T.sqrt())
    return S * Phi(d1) - K * Phi(d1 - v * T.sqrt())

def sample(n, g):
    S = 0.78 + 0.65 * torch.rand(n, generator=g)
    K = torch.ones(n)
    T = 0.12 + 1.4 * torch.rand(n, generator=g)
    v = 0.2 + 0.4 * torch.rand(n, generator=g)
    S, K, T, v = (a.double() for a in (S, K, T, v))
    c = black_scholes(S, K, T, v).clamp(min=1e-9)
    X = torch.stack([torch.log(S / K), T, v, v * T.sqrt()], 1).float()
    return X, c.float().unsqueeze(1)

def build(widths):
    mods = []
    for a, b in zip(widths[:-2], widths[1:-1]):
        mods += [nn.Linear(a, b), nn.SiLU()]
    mods += [nn.Linear(widths[-2], widths[-1])]
    return nn.Sequential(*mods)

def relative_loss(pred, price):
    return ((pred - price) / price.clamp(min=0.02)).pow(2).mean()

def run():
    torch.manual_seed(cfg.seed)
    g = torch.Generator().manual_seed(cfg.seed)
    X, C = sample(4096, g)
    Xv, Cv = sample(2000, g)
    net = build(cfg.widths)
    opt = torch.optim.Adam(net.parameters(), lr=cfg.lr)
    per_epoch = len(X) // cfg.batch
    for e in range(cfg.n_epochs):
        perm = torch.randperm(len(X), generator=g)
        for j in range(per_epoch):
            k = perm[j * cfg.batch:(j + 1) * cfg.batch]
            loss = relative_loss(net(X[k]), C[k])
            opt.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(net.parameters(), float("inf"))
            opt.step()
            if (j + 1) % 2 == 0:
                print(f"epoch {e + 1}/{cfg.n_epochs} step {j + 1}/{per_epoch} train_loss={loss.item():.5g} grad_norm={norm.item():.5g}")
    with torch.no_grad():
        itm = Cv > 0.02
        rel = ((net(Xv) - Cv).abs()[itm] / Cv[itm]).mean().item()
    print("RESULT " + json.dumps({"metric": "mean_rel_error", "value": round(rel, 4)}))

if __name__ == "__main__":
    run()
