"""Translate day-of-year codes into month-day tokens with an encoder-decoder; gradient accumulation over four micro-batches."""
import json

import torch
import torch.nn as nn

VOCAB, SRC_LEN, TGT_LEN = 14, 5, 5
BOS, ACCUM = 13, 4


class Encoder(nn.Module):
    def __init__(self, dim=48):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, dim)
        self.gru = nn.GRU(dim, dim, batch_first=True)

    def forward(self, src):
        return self.gru(self.embedding(src))


class Decoder(nn.Module):
    def __init__(self, dim=48):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, dim)
        self.gru = nn.GRU(dim, dim, batch_first=True)
        self.out = nn.Linear(2 * dim, VOCAB)

    def forward(self, tgt_in, memory, state):
        h, _ = self.gru(self.embedding(tgt_in), state)
        attn = torch.softmax(h @ memory.transpose(1, 2), dim=-1)
        return self.out(torch.cat([h, attn @ memory], dim=-1))


def pairs(n, gen):
    src = torch.randint(0, 10, (n, SRC_LEN), generator=gen)
    tgt = (src.flip(1) + torch.arange(TGT_LEN)) % 10
    return src, tgt


def shift(tgt):
    return torch.cat([torch.full((len(tgt), 1), BOS), tgt[:, :-1]], 1)


def evaluate(enc, dec, gen):
    enc.eval(), dec.eval()
    with torch.no_grad():
        src, tgt = pairs(400, gen)
        logits = dec(shift(tgt), *enc(src))
    enc.train(), dec.train()
    return nn.functional.cross_entropy(logits.flatten(0, 1), tgt.flatten()).item(), (logits.argmax(-1) == tgt).float().mean().item()


torch.manual_seed(45)
gen, eval_gen = torch.Generator().manual_seed(45), torch.Generator().manual_seed(46)
encoder, decoder = Encoder(), Decoder()
params = list(encoder.parameters()) + list(decoder.parameters())
optimizer = torch.optim.AdamW(params, lr=4e-3)
optimizer.zero_grad()
running = 0.0
for micro in range(1, 1201):
    src, tgt = pairs(24, gen)
    logits = decoder(shift(tgt), *encoder(src))
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), tgt.flatten()) / ACCUM
    loss.backward()
    running += loss.item()
    if micro % ACCUM == 0:
        norm = nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        update = micro // ACCUM
        if update % 5 == 0:
            print({"loss": round(running, 4), "grad_norm": round(norm.item(), 4), "learning_rate": 4e-3, "epoch": round(update / 60, 3), "step": update})
        running = 0.0
        if update % 60 == 0:
            eval_loss, eval_acc = evaluate(encoder, decoder, eval_gen)
            print({"eval_loss": round(eval_loss, 4), "eval_accuracy": round(eval_acc, 4), "eval_runtime": 0.02, "epoch": round(update / 60, 3), "step": update})

print("RESULT " + json.dumps({"metric": "eval_accuracy", "value": round(evaluate(encoder, decoder, eval_gen)[1], 4)}))
