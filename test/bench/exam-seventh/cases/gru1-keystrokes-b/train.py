"""Predict the next key of a typist who cycles through practice drills; learning rate with warm restarts."""
import json

import torch
import torch.nn as nn

DRILLS = ["asdf jkl; ", "fjdk sla; ", "qwer uiop ", "zxcv m,./ ", "the lad asks; "]
KEYS = sorted(set("".join(DRILLS)))


def type_text(n_chars):
    out = []
    while len(out) < n_chars:
        drill = DRILLS[int(torch.randint(0, len(DRILLS), (1,)))]
        out.extend(KEYS.index(c) for c in drill)
    return torch.tensor(out[:n_chars])


class NextKey(nn.Module):
    def __init__(self, n_keys, hidden=48):
        super().__init__()
        self.embedding = nn.Embedding(n_keys, 16)
        self.gru = nn.GRU(16, hidden, batch_first=True)
        self.keys = nn.Linear(hidden, n_keys)

    def forward(self, x):
        return self.keys(self.gru(self.embedding(x))[0])


def main():
    torch.manual_seed(7)
    text = type_text(6 * 24 * 41).view(-1, 41)
    held = type_text(30 * 41).view(-1, 41)
    model = NextKey(len(KEYS))
    lossf = nn.CrossEntropyLoss()
    opt = torch.optim.SGD(model.parameters(), lr=4.0, momentum=0.5)
    sched = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, T_0=48, T_mult=1, eta_min=0.02)
    epochs = 24
    for epoch in range(1, epochs + 1):
        for i, rows in enumerate(text[torch.randperm(len(text))].split(24), 1):
            logits = model(rows[:, :-1])
            loss = lossf(logits.transpose(1, 2), rows[:, 1:])
            opt.zero_grad()
            loss.backward()
            norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm().item()
            opt.step()
            sched.step()
            if i % 2 == 0:
                print("Epoch [%d/%d], Step [%d/%d], Loss: %.4f, LR: %.4f, grad_norm: %.4f"
                      % (epoch, epochs, i, 6, loss.item(), sched.get_last_lr()[0], norm))
    with torch.no_grad():
        hit = model(held[:, :-1]).argmax(-1) == held[:, 1:]
    print("RESULT " + json.dumps({"metric": "next_key_accuracy", "value": round(hit.float().mean().item(), 4)}))


if __name__ == "__main__":
    main()
