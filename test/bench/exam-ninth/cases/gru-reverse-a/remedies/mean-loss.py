# Sequence-to-sequence: reverse a list of digits. Encoder GRU -> decoder GRU, teacher forcing.
import json
import time

import torch
from torch import nn, optim

PAD, BOS = 10, 11


def batch(n, length=7, generator=None):
    src = torch.randint(0, 10, (n, length), generator=generator)
    tgt = src.flip(1)
    dec_in = torch.cat([torch.full((n, 1), BOS), tgt[:, :-1]], dim=1)
    return src, dec_in, tgt


class Encoder(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.embedding = nn.Embedding(12, 24)
        self.gru = nn.GRU(24, hidden, batch_first=True)

    def forward(self, src):
        _, h = self.gru(self.embedding(src))
        return h


class Decoder(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.embedding = nn.Embedding(12, 24)
        self.gru = nn.GRU(24, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 10)

    def forward(self, dec_in, h):
        o, _ = self.gru(self.embedding(dec_in), h)
        return self.out(o)


def train(steps=240, lr=0.3, hidden=48, bs=32):
    torch.manual_seed(3)
    encoder, decoder = Encoder(hidden), Decoder(hidden)
    params = list(encoder.parameters()) + list(decoder.parameters())
    criterion = nn.CrossEntropyLoss(ignore_index=PAD)
    optimizer = optim.SGD(params, lr=lr, momentum=0.9)
    t0 = time.perf_counter()
    for step in range(1, steps + 1):
        src, dec_in, tgt = batch(bs)
        optimizer.zero_grad()
        logits = decoder(dec_in, encoder(src))
        loss = criterion(logits.reshape(-1, 10), tgt.reshape(-1))
        loss.backward()
        gn = torch.norm(torch.stack([p.grad.norm() for p in params]))
        optimizer.step()
        if step == 1 or step % 3 == 0:
            dt, t0 = time.perf_counter() - t0, time.perf_counter()
            tps = 3 * bs * 7 / dt
            print(f'[titan] step: {step:4d}  loss: {loss.item():10.5f}  grad_norm: {gn.item():10.4f}  '
                  f'memory:  0.00GiB(0.00%)  tps: {tps:,.0f}  lr: {lr:.2e}')
    g = torch.Generator().manual_seed(99)
    src, dec_in, tgt = batch(400, generator=g)
    with torch.no_grad():
        acc = (decoder(dec_in, encoder(src)).argmax(-1) == tgt).float().mean().item()
    return acc


print('RESULT ' + json.dumps({'metric': 'token_accuracy', 'value': round(train(), 4)}))
