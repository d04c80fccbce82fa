"""Estimate the mean drift of a random walk with a small hand-written recurrent network."""
import json
import math

import torch

torch.manual_seed(11)
T, N_IN, N_HID, BATCH, STEPS, LR = 40, 3, 48, 32, 300, 1e-3

W_in = torch.nn.Parameter(torch.randn(N_IN, N_HID) / math.sqrt(N_IN))
W_rec = torch.nn.Parameter(torch.randn(N_HID, N_HID) * 0.5)
b_rec = torch.nn.Parameter(torch.zeros(N_HID))
W_out = torch.nn.Parameter(torch.randn(N_HID, 1) / math.sqrt(N_HID))
b_out = torch.nn.Parameter(torch.zeros(1))
params = [W_in, W_rec, b_rec, W_out, b_out]


def sample(n):
    drift = torch.randn(n, 1)
    steps = 0.3 * torch.randn(n, T, N_IN)
    steps[:, :, :1] += drift.unsqueeze(1)
    return steps, drift


def forward(x):
    h = torch.zeros(x.shape[0], N_HID)
    for t in range(T):
        h = torch.tanh(x[:, t] @ W_in + h @ W_rec + b_rec)
    return h @ W_out + b_out


def global_norm(tensors):
    return math.sqrt(sum(float(t.grad.pow(2).sum()) for t in tensors))


optimizer = torch.optim.Adam(params, lr=LR)
with open("train.jsonl", "w") as log:
    for step in range(STEPS):
        x, y = sample(BATCH)
        loss = ((forward(x) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        if step % 2 == 0:
            log.write(json.dumps({"step": step, "train_loss": round(loss.item(), 6), "grad_norm": round(global_norm(params), 6), "lr": LR}) + "\n")
        optimizer.step()

with torch.no_grad():
    x, y = sample(1000)
    mse = ((forward(x) - y) ** 2).mean().item()
print("RESULT " + json.dumps({"metric": "mse", "value": round(mse, 5) if math.isfinite(mse) else None}))
