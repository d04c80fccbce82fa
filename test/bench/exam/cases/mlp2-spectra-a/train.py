"""Identify minerals from 24-channel spectra (photon counts)."""
import json
import logging

import torch
from torch import nn

log = logging.getLogger(__name__)
handler = logging.FileHandler("spectra.log", mode="w")
handler.setFormatter(logging.Formatter("%(asctime)s - %(levelname)s - %(message)s", datefmt="%Y-%m-%d %H:%M:%S"))
log.addHandler(handler)
log.setLevel(logging.INFO)

N_CHANNELS, N_MINERALS = 24, 6


class MineralNet(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.hidden = nn.Linear(N_CHANNELS, width)
        self.score = nn.Linear(width, N_MINERALS)

    def forward(self, counts):
        z = self.score(torch.relu(self.hidden(counts)))
        weights = torch.exp(z)
        return weights / weights.sum(dim=1, keepdim=True)


def nll(probs, target):
    picked = probs.gather(1, target.unsqueeze(1)).squeeze(1)
    return -(picked + 1e-9).log().mean()


class Spectrometer:
    def __init__(self, seed):
        self.g = torch.Generator().manual_seed(seed)
        channel = torch.arange(N_CHANNELS).float()
        peaks = torch.rand(N_MINERALS, 3, 1, generator=self.g) * N_CHANNELS
        heights = torch.rand(N_MINERALS, 3, 1, generator=self.g) * 25
        self.profile = 4 + (heights * torch.exp(-((channel - peaks) ** 2) / 6)).sum(1)

    def measure(self, n):
        target = torch.randint(0, N_MINERALS, (n,), generator=self.g)
        exposure = torch.exp(0.7 * torch.randn(n, 1, generator=self.g))
        return torch.poisson(exposure * self.profile[target], generator=self.g), target


def main():
    torch.manual_seed(37)
    device = Spectrometer(37)
    model = MineralNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for step in range(1, 401):
        counts, target = device.measure(64)
        loss = nll(model(counts), target)
        optimizer.zero_grad()
        loss.backward()
        grad_norm = torch.linalg.vector_norm(torch.cat([p.grad.flatten() for p in model.parameters()]))
        optimizer.step()
        if step % 4 == 0:
            log.info("step %d: loss %.6f, grad norm %.6f", step, loss.item(), grad_norm.item())

    counts, target = device.measure(2000)
    with torch.no_grad():
        acc = (model(counts).argmax(1) == target).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
