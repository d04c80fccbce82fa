#!/usr/bin/env python
# Running balance of an account; the statements get longer during training.
import json, math, time
import torch
from torch import nn


def statements(n, length, g):
    booking = torch.randint(-5, 6, (n, length, 1), generator=g).float()
    return booking / 5, booking.cumsum(1) / 5


def build():
    rnn = nn.GRU(1, 48, batch_first=True)
    out = nn.Linear(48, 1)
    return rnn, out


def stage_length(step, stages=((0, 3), (120, 6), (240, 12), (380, 24))):
    return [n for s, n in stages if step >= s][-1]


def fmt(step, loss, norm, length, t):
    return ("[titan] step: %4d  loss: %8.5f  grad_norm: %8.4f  seq_len: %d  tps: %s"
            % (step, loss, norm, length, format(int(64 * length / t), ",")))


def train(steps=600):
    torch.manual_seed(3)
    g = torch.Generator().manual_seed(3)
    rnn, out = build()
    weights = list(rnn.parameters()) + list(out.parameters())
    adam = torch.optim.Adam(weights, lr=4e-3)
    decay = torch.optim.lr_scheduler.MultiStepLR(adam, [500, 560], gamma=0.3)
    for step in range(steps):
        t0 = time.time()
        length = stage_length(step)
        x, y = statements(64, length, g)
        loss = (out(rnn(x)[0]) - y).pow(2).mean()
        adam.zero_grad()
        loss.backward()
        norm = math.sqrt(sum(float((w.grad ** 2).sum()) for w in weights))
        adam.step()
        decay.step()
        if step % 3 == 0:
            print(fmt(step, loss.item(), norm, length, time.time() - t0))
    return rnn, out, g


def test(rnn, out, g):
    with torch.no_grad():
        x, y = statements(400, 24, g)
        return (out(rnn(x)[0]) - y).pow(2).mean().sqrt().item()


if __name__ == "__main__":
    print("RESULT " + json.dumps({"metric": "rmse_len24", "value": round(test(*train()), 4)}))
