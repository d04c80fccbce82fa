"""Encoder-decoder with attention: strip the letters from a noisy string, then spell the digits backwards."""
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

PAD, BOS, EOS = 0, 1, 2
DIGIT0, NDIG = 3, 6


class Encoder(nn.Module):
    def __init__(self, vocab, d):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.rnn = nn.GRU(d, d, batch_first=True)

    def forward(self, src):
        return self.rnn(self.emb(src))


class Attention(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.q = nn.Linear(d, d)

    def forward(self, query, memory, mask):
        score = self.q(query) @ memory.transpose(1, 2)
        score = score.masked_fill(mask.unsqueeze(1), float("-inf"))
        return torch.softmax(score, -1) @ memory


class Decoder(nn.Module):
    def __init__(self, vocab, d):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.rnn = nn.GRU(d, d, batch_first=True)
        self.attn = Attention(d)
        self.out = nn.Linear(2 * d, vocab)

    def forward(self, tgt, memory, h, mask):
        y, _ = self.rnn(self.emb(tgt), h)
        return self.out(torch.cat([y, self.attn(y, memory, mask)], -1))


def example(g):
    n = int(torch.randint(9, 15, (1,), generator=g))
    toks = torch.randint(0, 2 * NDIG, (n,), generator=g).tolist()
    kept = [t + DIGIT0 for t in toks if t < NDIG]
    return kept


def batch(g, n=32):
    tgts = [example(g) for _ in range(n)]
    m = max(len(t) for t in tgts)
    src = torch.zeros(n, m, dtype=torch.long)
    tin = torch.zeros(n, m + 1, dtype=torch.long)
    tout = torch.zeros(n, m + 1, dtype=torch.long)
    for i, t in enumerate(tgts):
        s = t[::-1]
        src[i, :len(s)] = torch.tensor(s, dtype=torch.long)
        tin[i, 0] = BOS
        tin[i, 1:len(t) + 1] = torch.tensor(t, dtype=torch.long)
        tout[i, :len(t) + 1] = torch.tensor(t + [EOS])
    return src, tin, tout


def gnorm(m):
    return float(torch.stack([p.grad.norm() for p in m.parameters()]).norm())


def main():
    torch.manual_seed(2)
    g = torch.Generator().manual_seed(21)
    vocab, d = DIGIT0 + NDIG, 32
    enc, dec = Encoder(vocab, d), Decoder(vocab, d)
    opt = torch.optim.Adam(list(enc.parameters()) + list(dec.parameters()), lr=4e-3)
    for it in range(300):
        src, tin, tout = batch(g)
        memory, h = enc(src)
        logits = dec(tin, memory, h, src == PAD)
        nll = F.cross_entropy(logits.flatten(0, 1), tout.flatten(), ignore_index=PAD)
        opt.zero_grad()
        nll.backward()
        if it % 10 == 0:
            print("it %d nll %.4f grad-norm enc %.3f dec %.3f attn %.3f" % (it, nll, gnorm(enc), gnorm(dec), gnorm(dec.attn)))
        nn.utils.clip_grad_norm_(list(enc.parameters()) + list(dec.parameters()), 2.0)
        opt.step()
    src, tin, tout = batch(g, 300)
    keep = (src != PAD).any(1)
    with torch.no_grad():
        memory, h = enc(src[keep])
        hit = (dec(tin[keep], memory, h, src[keep] == PAD).argmax(-1) == tout[keep])[tout[keep] != PAD]
    print("RESULT " + json.dumps({"metric": "token_accuracy", "value": round(hit.float().mean().item(), 4) if math.isfinite(nll.item()) else None}))


if __name__ == "__main__":
    main()
