import sys
import time
import json
import torch


class Bar:
    """poor man's tqdm (the cluster image has none)"""
    def __init__(self, total, desc):
        self.total, self.desc, self.n, self.t0 = total, desc, 0, time.time()

    def update(self, **postfix):
        self.n += 1
        el = time.time() - self.t0
        left = el / self.n * (self.total - self.n)
        full = int(20 * self.n / self.total)
        fmt = lambda s: "%02d:%02d" % (s // 60, s % 60)
        post = ", ".join("%s=%s" % (k, v) for k, v in postfix.items())
        sys.stderr.flush()
        sys.stdout.write("\r%s: %3d%%|%s| %d/%d [%s<%s, %6.2fit/s, %s]" % (
            self.desc, 100 * self.n // self.total, "█" * full + " " * (20 - full), self.n, self.total,
            fmt(el), fmt(left), self.n / max(el, 1e-9), post))

    def close(self):
        sys.stdout.write("\n")


def get_data(n=1400):
    # cement, slag, ash, water, plasticiser, coarse, fine [kg/m3], age [days]
    lo = torch.tensor([100., 0., 0., 120., 0., 800., 600., 1.])
    hi = torch.tensor([540., 350., 200., 240., 30., 1140., 990., 120.])
    u = torch.rand(n, 8)
    raw = lo + (hi - lo) * u
    binder = raw[:, 0] + 0.8 * raw[:, 1] + 0.4 * raw[:, 2]
    mpa = 22 * (binder / raw[:, 3]).pow(0.9) * (raw[:, 7].log1p() / 4.8) + 0.3 * raw[:, 4] + 2 * torch.randn(n)
    x = (u - 0.5) * 3.4
    y = (mpa - mpa.mean()) / mpa.std()
    return x, y


def main():
    torch.manual_seed(13)
    x, y = get_data()
    xtr, ytr, xva, yva = x[:1120], y[:1120], x[1120:], y[1120:]
    model = torch.nn.Sequential(
        torch.nn.Linear(8, 64), torch.nn.ELU(),
        torch.nn.Linear(64, 64), torch.nn.ELU(),
        torch.nn.Linear(64, 1))
    opt = torch.optim.AdamW(model.parameters(), lr=3e-2)

    for ep in range(12):
        idx = torch.randperm(len(xtr)).split(56)
        bar = Bar(len(idx), "train %02d" % ep)
        for b in idx:
            pred = model(xtr[b])
            loss = ((pred - ytr[b]) ** 2).mean()
            opt.zero_grad()
            loss.backward()
            gn = torch.nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            opt.step()
            bar.update(loss="%.4f" % loss.item(), gnorm="%.4f" % gn.item())
        bar.close()

    with torch.no_grad():
        err = model(xva).flatten() - yva
        r2 = 1 - err.pow(2).mean() / yva.var()
    print("RESULT " + json.dumps({"metric": "val_r2", "value": round(r2.item(), 4)}))


main()
