"""Customer churn, small table, many epochs. Best checkpoint on validation is kept."""
import copy
import json

import torch
import torch.nn as nn


class ResidualBlock(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.lin1, self.lin2 = nn.Linear(d, 2 * d), nn.Linear(2 * d, d)

    def forward(self, x):
        return x + self.lin2(torch.relu(self.lin1(self.norm(x))))


class ChurnNet(nn.Module):
    def __init__(self, n_in, d=48, blocks=3):
        super().__init__()
        self.stem = nn.Linear(n_in, d)
        self.blocks = nn.ModuleList([ResidualBlock(d) for _ in range(blocks)])
        self.head = nn.Linear(d, 1)

    def forward(self, x):
        x = self.stem(x)
        for b in self.blocks:
            x = b(x)
        return self.head(x).squeeze(-1)


class Experiment:
    def __init__(self):
        torch.manual_seed(31)
        self.beta = torch.randn(10)
        self.train, self.valid, self.test = self.split(400), self.split(300), self.split(1000)
        self.model = ChurnNet(10)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3)
        self.loss = nn.BCEWithLogitsLoss()
        self.best = (float("inf"), None)

    def split(self, n):
        x = torch.randn(n, 10)
        p = torch.sigmoid(2.2 * (x @ self.beta) / self.beta.norm() + 1.5 * x[:, 0] * x[:, 1])
        return x, (torch.rand(n) < p).float()

    def epoch(self):
        x, y = self.train
        total, norms = 0.0, {}
        for idx in torch.randperm(len(x)).split(40):
            loss = self.loss(self.model(x[idx]), y[idx])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += loss.item() * len(idx)
        for n, m in [("stem", self.model.stem), ("head", self.model.head)] + [(f"blocks.{i}", b) for i, b in enumerate(self.model.blocks)]:
            norms[n] = sum(p.grad.norm().item() ** 2 for p in m.parameters()) ** 0.5
        return total / len(x), norms

    @torch.no_grad()
    def validate(self):
        x, y = self.valid
        out = self.model(x)
        return self.loss(out, y).item(), ((out > 0).float() == y).float().mean().item()

    def run(self, epochs):
        for e in range(epochs):
            tr, norms = self.epoch()
            vl, va = self.validate()
            if vl < self.best[0]:
                self.best = (vl, copy.deepcopy(self.model.state_dict()))
            print(f"ep={e:03d} train/loss={tr:.5f} val/loss={vl:.4f} val/acc={va:.3f} " + " ".join(f"grad/{k}={v:.5f}" for k, v in norms.items()))
        self.model.load_state_dict(self.best[1])
        x, y = self.test
        with torch.no_grad():
            return ((self.model(x) > 0).float() == y).float().mean().item()


if __name__ == "__main__":
    acc = Experiment().run(60)
    print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))
