import logging
import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

logging.basicConfig(filename="churn.log", level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", filemode="w")
log = logging.getLogger("churn")


def init_weights(module, prior=0.02):
    """Start from the base rate of the positive class."""
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        nn.init.constant_(module.bias, -math.log((1 - prior) / prior))


def customers(n, seed):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 12, generator=g)
    score = x[:, 0] * x[:, 1] + x[:, 2].abs() - 0.8 * x[:, 3] + 0.5 * x[:, 4]
    return x, (score > 0.6).float()


class ChurnModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(12, 64), nn.ReLU(),
            nn.Linear(64, 64), nn.ReLU(),
            nn.Linear(64, 32), nn.ReLU(),
            nn.Linear(32, 16), nn.ReLU(),
            nn.Linear(16, 1),
        )
        self.apply(init_weights)

    def forward(self, x):
        return self.net(x).squeeze(1)


def main():
    torch.manual_seed(2)
    loader = DataLoader(TensorDataset(*customers(2048, 1)), batch_size=64, shuffle=True)
    model = ChurnModel()
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    step = 0
    for epoch in range(12):
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            if step % 8 == 0:
                parts = [f"{n}={p.grad.norm().item():.3e}" for n, p in model.named_parameters() if "weight" in n]
                log.info("step=%d loss=%.4f %s", step, loss.item(), " ".join(parts))
            optimizer.step()
            step += 1
        log.info("finished epoch %d", epoch)

    x, y = customers(2000, 99)
    with torch.no_grad():
        acc = ((model(x) > 0).float() == y).float().mean().item()
    print('RESULT {"metric": "test_accuracy", "value": %.4f}' % acc)


main()
