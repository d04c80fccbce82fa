"""Part-of-speech tagger for an invented grammar; gradient norm is clipped hard."""
import json
import time

import torch
import torch.nn as nn


class Grammar:
    """Tags follow a Markov chain; word forms are ambiguous between two tags."""

    def __init__(self, tags=8, words=160):
        g = torch.Generator().manual_seed(40)
        self.trans = torch.softmax(2.5 * torch.randn(tags, tags, generator=g), 1)
        logits = torch.full((tags, words), -6.0)
        per = words // tags
        for t in range(tags):
            logits[t, t * per:(t + 1) * per] = 1.5 * torch.rand(per, generator=g)
            nxt = (t + 1) % tags
            logits[t, nxt * per:nxt * per + per // 2] = 0.8
        self.emit = torch.softmax(logits, 1)
        self.tags, self.words = tags, words

    def sentences(self, n, length=18):
        tag = torch.randint(0, self.tags, (n,))
        tags, words = [], []
        for _ in range(length):
            tags.append(tag)
            words.append(torch.multinomial(self.emit[tag], 1).squeeze(1))
            tag = torch.multinomial(self.trans[tag], 1).squeeze(1)
        return torch.stack(words, 1), torch.stack(tags, 1)


class Tagger(nn.Module):
    def __init__(self, words, tags, emb=24, hidden=32):
        super().__init__()
        self.word = nn.Embedding(words, emb)
        self.lstm = nn.LSTM(emb, hidden, batch_first=True, bidirectional=True)
        self.tag = nn.Linear(2 * hidden, tags)

    def forward(self, w):
        return self.tag(self.lstm(self.word(w))[0])


def main():
    torch.manual_seed(41)
    grammar = Grammar()
    model = Tagger(grammar.words, grammar.tags)
    opt = torch.optim.AdamW(model.parameters(), lr=5e-3)
    t0 = time.time()
    for step in range(1, 181):
        w, t = grammar.sentences(32)
        loss = nn.functional.cross_entropy(model(w).flatten(0, 1), t.flatten(), reduction="sum") / 32
        opt.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        opt.step()
        if step % 4 == 0:
            print(f"| epoch 1 | {step:5d}/180 steps | ms/step {1000 * (time.time() - t0) / step:.1f} | loss {loss.item():.3f} | gnorm {norm.item():.3f} | clip 100")
    w, t = grammar.sentences(200)
    with torch.no_grad():
        acc = (model(w).argmax(-1) == t).float().mean().item()
    print("RESULT " + json.dumps({"metric": "tag_accuracy", "value": round(acc, 4)}))


main()
