"""Sort detector traces into four pulse shapes with a 1-D convolutional classifier."""
import csv
import json

import torch
from torch import nn

HPARAMS = {
    "channels": 20,
    "kernel": 5,
    "n_conv": 9,
    "activation": "sigmoid",
    "lr": 2e-3,
    "max_epochs": 8,
    "batch_size": 32,
}
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "silu": nn.SiLU}


def traces(n, length=64):
    t = torch.arange(length).float()
    kind = torch.randint(0, 4, (n,))
    start = 8 + 20 * torch.rand(n, 1)
    rise = torch.clamp(t - start, min=0.0)
    single = rise / 4 * torch.exp(1 - rise / 4)
    echo = torch.clamp(t - start - 18, min=0.0)
    double = single + 0.8 * echo / 4 * torch.exp(1 - echo / 4)
    box = ((t > start) & (t < start + 12)).float()
    ramp = (rise / 24) * (rise < 24).float()
    shapes = torch.stack([single, double, box, ramp], dim=1)
    x = shapes[torch.arange(n), kind] + 0.08 * torch.randn(n, length)
    return x.unsqueeze(1), kind


class PulseClassifier(nn.Module):
    def __init__(self, hp):
        super().__init__()
        self.hp = hp
        act = ACTIVATIONS[hp["activation"]]
        width = hp["channels"]
        self.trunk = nn.Sequential()
        for i in range(hp["n_conv"]):
            self.trunk.add_module(f"conv{i}", nn.Conv1d(1 if i == 0 else width, width, hp["kernel"], padding=2))
            self.trunk.add_module(f"act{i}", act())
            if i % 3 == 2:
                self.trunk.add_module(f"pool{i}", nn.AvgPool1d(2))
        self.head = nn.Linear(width * 8, 4)

    def forward(self, x):
        return self.head(self.trunk(x).flatten(1))

    def training_step(self, batch):
        x, y = batch
        return nn.functional.cross_entropy(self(x), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hp["lr"])

    def on_after_backward(self):
        return {f"grad_2.0_norm/{k}": float(f"{p.grad.norm(2).item():.6g}") for k, p in self.named_parameters()}


class Runner:
    def __init__(self, every=5):
        self.every, self.table = every, []

    def put(self, epoch, step, values):
        self.table.append({"epoch": epoch, "step": step, **values})

    def fit(self, module, data, val):
        opt = module.configure_optimizers()
        step = 0
        for epoch in range(module.hp["max_epochs"]):
            for idx in torch.randperm(len(data[0])).split(module.hp["batch_size"]):
                opt.zero_grad()
                loss = module.training_step((data[0][idx], data[1][idx]))
                loss.backward()
                if step % self.every == 0:
                    self.put(epoch, step, module.on_after_backward())
                    self.put(epoch, step, {"train_loss": round(loss.item(), 5)})
                nn.utils.clip_grad_norm_(module.parameters(), 1.0)
                opt.step()
                step += 1
            with torch.no_grad():
                acc = (module(val[0]).argmax(1) == val[1]).float().mean().item()
            self.put(epoch, step - 1, {"val_acc": round(acc, 4)})
        return acc

    def dump(self, path):
        columns = []
        for row in self.table:
            columns += [k for k in row if k not in columns]
        with open(path, "w", newline="") as fh:
            out = csv.DictWriter(fh, columns)
            out.writeheader()
            out.writerows(self.table)


if __name__ == "__main__":
    torch.manual_seed(40)
    runner = Runner()
    acc = runner.fit(PulseClassifier(HPARAMS), traces(800), traces(300))
    runner.dump("metrics.csv")
    print("RESULT " + json.dumps({"metric": "val_acc", "value": round(acc, 4)}))
