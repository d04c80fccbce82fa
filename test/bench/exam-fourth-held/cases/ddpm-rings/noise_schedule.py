import torch


class Schedule:
    """Linear betas, the usual closed forms."""

    def __init__(self, steps=30, lo=2e-3, hi=0.28):
        self.steps = steps
        self.beta = torch.linspace(lo, hi, steps)
        self.alpha = 1 - self.beta
        self.abar = torch.cumprod(self.alpha, 0)

    def add_noise(self, x0, t):
        eps = torch.randn_like(x0)
        a = self.abar[t].unsqueeze(1)
        return a.sqrt() * x0 + (1 - a).sqrt() * eps, eps

    @torch.no_grad()
    def sample(self, model, n):
        x = torch.randn(n, 2)
        for t in reversed(range(self.steps)):
            tt = torch.full((n,), t)
            eps = model(x, tt)
            x = (x - self.beta[t] / (1 - self.abar[t]).sqrt() * eps) / self.alpha[t].sqrt()
            if t > 0:
                x = x + self.beta[t].sqrt() * torch.randn_like(x)
        return x
