import json
import time

import torch
from torch import nn

# Language of origin of invented names; micro-batches of different length are accumulated before each update.
SYLLABLES = [["ka", "mo", "ri", "to", "na", "shi"], ["berg", "stein", "hof", "wald", "mann", "feld"],
             ["ov", "ski", "vich", "nik", "pol", "dan"], ["ez", "gar", "san", "lo", "mar", "tin"]]
CHARS = "abcdefghijklmnopqrstuvwxyz"
SCALE = 512.0
MICRO, ACCUM, UPDATES, MAX_NORM = 8, 4, 180, 1.0


def names(n, parts, g):
    label = torch.randint(0, 4, (n,), generator=g)
    texts = []
    for k in label.tolist():
        picks = torch.randint(0, 6, (parts,), generator=g).tolist()
        alien = int(torch.randint(0, 4, (1,), generator=g))
        texts.append("".join(SYLLABLES[k][p] for p in picks) + SYLLABLES[alien][picks[0]][:2])
    width = max(map(len, texts))
    ids = torch.tensor([[0] * (width - len(t)) + [CHARS.index(c) + 1 for c in t] for t in texts])
    return ids, label


class Origin(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(27, 16, padding_idx=0)
        self.gru = nn.GRU(16, 40, batch_first=True)
        self.out = nn.Linear(40, 4)

    def forward(self, ids):
        return self.out(self.gru(self.emb(ids))[1][0])


def update(model, opt, g):
    opt.zero_grad()
    running = 0.0
    for _ in range(ACCUM):
        ids, label = names(MICRO, int(torch.randint(2, 5, (1,), generator=g)), g)
        loss = nn.functional.cross_entropy(model(ids), label) / ACCUM
        (loss * SCALE).backward()
        running += loss.item()
    for p in model.parameters():
        p.grad.div_(SCALE)
    norm = nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
    opt.step()
    return running, norm.item()


def main():
    torch.manual_seed(23)
    g = torch.Generator().manual_seed(24)
    model = Origin()
    opt = torch.optim.AdamW(model.parameters(), lr=8e-3)
    for step in range(1, UPDATES + 1):
        t0 = time.time()
        loss, norm = update(model, opt, g)
        if step == 1 or step % 3 == 0:
            tps = int(MICRO * ACCUM / (time.time() - t0))
            print(f"step: {step:3d}  loss: {loss:8.5f}  grad_norm: {norm:8.5f}  memory: 0.01GiB(0.02%)  "
                  f"tps: {tps:,}  tflops: 0.00  mfu: 0.00%")
    model.eval()
    with torch.no_grad():
        ids, label = names(600, 3, g)
        acc = (model(ids).argmax(1) == label).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
