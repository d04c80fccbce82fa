"""Name the pulse shape hidden in a noisy one-channel recording with a stack of dilated 1-D convolutions."""
import csv
import json

import torch
import torch.nn as nn

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "gelu": nn.GELU, "elu": nn.ELU}

hparams = {
    "channels": 24,
    "dilations": (1, 2, 4, 8, 4, 2, 1),
    "activation": "sigmoid",
    "lr": 2e-3,
    "epochs": 10,
    "batch_size": 32,
}


class DilatedStage(nn.Module):
    def __init__(self, c_in, c_out, dilation, activation):
        super().__init__()
        self.conv = nn.Conv1d(c_in, c_out, kernel_size=3, dilation=dilation, padding=dilation)
        self.act = ACTIVATIONS[activation]()

    def forward(self, x):
        return self.act(self.conv(x))


class PulseNet(nn.Module):
    def __init__(self, hp, n_shapes=4):
        super().__init__()
        stages, c = [], 1
        for d in hp["dilations"]:
            stages.append(DilatedStage(c, hp["channels"], d, hp["activation"]))
            c = hp["channels"]
        self.stages = nn.Sequential(*stages)
        self.classify = nn.Linear(2 * c, n_shapes)

    def forward(self, signal):
        h = self.stages(signal)
        return self.classify(torch.cat([h.mean(-1), h.amax(-1)], dim=1))


def recordings(n, length=64):
    t = torch.arange(length).float()
    y = torch.randint(0, 4, (n,))
    out = 0.25 * torch.randn(n, 1, length)
    for i, k in enumerate(y.tolist()):
        centre = 16 + 32 * torch.rand(1)
        u = (t - centre) / (3.0 + 2.0 * torch.rand(1))
        if k == 0:
            p = torch.exp(-u ** 2)
        elif k == 1:
            p = -1.6 * u * torch.exp(-u ** 2)
        elif k == 2:
            p = (1 - u.abs()).clamp(min=0) - 0.5 * (2 - u.abs()).clamp(min=0, max=1)
        else:
            p = torch.exp(-u ** 2) * torch.cos(5 * u)
        out[i, 0] += 1.5 * p
    return out, y


def norms_row(model):
    return {"grad_2.0_norm/" + n: f"{p.grad.data.norm(2).item():.4e}" for n, p in model.named_parameters()}


def main():
    torch.manual_seed(61)
    x, y = recordings(960)
    xv, yv = recordings(320)
    model = PulseNet(hparams)
    optimizer = torch.optim.Adam(model.parameters(), lr=hparams["lr"])
    criterion = nn.CrossEntropyLoss()
    rows, step = [], 0
    for epoch in range(hparams["epochs"]):
        for idx in torch.randperm(len(x)).split(hparams["batch_size"]):
            loss = criterion(model(x[idx]), y[idx])
            optimizer.zero_grad()
            loss.backward()
            if step % 10 == 0:
                rows.append({"epoch": epoch, "step": step, "train_loss": f"{loss.item():.5f}"})
                rows.append({"epoch": epoch, "step": step, **norms_row(model)})
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
        with torch.no_grad():
            acc = (model(xv).argmax(1) == yv).float().mean().item()
        rows.append({"epoch": epoch, "step": step - 1, "val_acc": f"{acc:.4f}"})

    fields = ["epoch", "step", "train_loss", "val_acc"] + [k for k in rows[1] if k.startswith("grad_")]
    with open("metrics.csv", "w", newline="") as fh:
        table = csv.DictWriter(fh, fieldnames=fields)
        table.writeheader()
        table.writerows(rows)
    print("RESULT " + json.dumps({"metric": "val_acc", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
