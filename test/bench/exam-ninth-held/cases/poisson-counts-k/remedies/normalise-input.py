import logging, sys, math, json
import numpy as np
import torch
import torch.nn as nn

logging.basicConfig(stream=sys.stdout, level=logging.INFO,
                    format='%(asctime)s [%(levelname)-5.5s] %(name)s: %(message)s')
log = logging.getLogger('counts')


def load_sites(n, rng):
    """vehicles counted per hour at n road sites"""
    temperature = rng.normal(12, 8, n)              # deg C
    population = rng.lognormal(9.0, 1.0, n)         # people within 2 km
    lanes = rng.integers(1, 5, n)
    hour = rng.integers(0, 24, n)
    rate = 0.4 * lanes * (population / 5000) ** 0.5 * (1.2 + np.sin((hour - 7) / 24 * 2 * np.pi)) + 0.05
    rate = rate * np.exp(0.01 * (temperature - 12))
    X = np.stack([temperature, population, lanes, np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi)], 1)
    return torch.tensor(X, dtype=torch.float32), torch.tensor(rng.poisson(rate), dtype=torch.float32)


class CountNet(nn.Module):
    def __init__(self, d=5, h=48):
        super().__init__()
        self.lin1 = nn.Linear(d, h)
        self.lin2 = nn.Linear(h, h)
        self.out = nn.Linear(h, 1)

    def forward(self, x):
        x = torch.relu(self.lin1(x))
        x = torch.relu(self.lin2(x))
        log_rate = self.out(x).squeeze(1)
        return torch.exp(log_rate)


def poisson_nll(rate, k):
    return (rate - k * torch.log(rate + 1e-8)).mean()


def main(epochs=12, bs=64):
    torch.manual_seed(0)
    rng = np.random.default_rng(5)
    Xtr, ytr = load_sites(3000, rng)
    Xte, yte = load_sites(1000, rng)
    mu, sd = Xtr.mean(0), Xtr.std(0)
    Xtr, Xte = (Xtr - mu) / sd, (Xte - mu) / sd

    net = CountNet()
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    it = 0
    for ep in range(epochs):
        order = torch.randperm(len(Xtr))
        for b in order.split(bs):
            x, k = Xtr[b], ytr[b]
            loss = poisson_nll(net(x), k)
            opt.zero_grad()
            loss.backward()
            g = {n: p.grad.norm().item() for n, p in net.named_parameters()}
            opt.step()
            it += 1
            if it % 8 == 0 or it == 1:
                log.info('ep %d it %d | loss %.4f | grads: %s', ep, it, loss.item(),
                         ' '.join('%s=%.3g' % kv for kv in g.items()))
    with torch.no_grad():
        dev = poisson_nll(net(Xte), yte).item()
        base = poisson_nll(torch.full_like(yte, ytr.mean().item()), yte).item()
    gain = base - dev
    print('RESULT ' + json.dumps({'metric': 'nll_gain', 'value': round(gain, 4) if math.isfinite(gain) else None}))


if __name__ == '__main__':
    main()
