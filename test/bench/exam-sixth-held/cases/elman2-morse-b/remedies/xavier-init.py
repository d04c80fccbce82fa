"""Decode the last letter of a noisy Morse signal."""
import json

import torch
import torch.nn as nn

CODE = {"E": ".", "T": "-", "A": ".-", "N": "-.", "S": "...", "O": "---", "R": ".-.", "K": "-.-"}
LETTERS = list(CODE)


def wave(letter):
    out = []
    for mark in CODE[letter]:
        out += [1.0] * (1 if mark == "." else 3) + [0.0]
    return out + [0.0, 0.0]


def transmit(n, length=36):
    rows, target = [], []
    for _ in range(n):
        stream, last = [], 0
        while len(stream) < length:
            last = int(torch.randint(len(LETTERS), (1,)))
            stream += wave(LETTERS[last])
        rows.append(stream[-length:])
        target.append(last)
    x = torch.tensor(rows).unsqueeze(-1)
    return x + 0.1 * torch.randn_like(x), torch.tensor(target)


class Decoder(nn.Module):
    def __init__(self, hidden=48, layers=2):
        super().__init__()
        self.rnn = nn.RNN(1, hidden, layers, batch_first=True)
        self.fc = nn.Linear(hidden, len(LETTERS))
        self.reset_parameters()

    def reset_parameters(self):
        for name, p in self.rnn.named_parameters():
            if name.startswith("weight"):
                nn.init.xavier_uniform_(p)
            else:
                nn.init.zeros_(p)

    def forward(self, x):
        y, _ = self.rnn(x)
        return self.fc(y[:, -1])


def evaluate(model, x, y):
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


def main(steps=300, batch=32):
    torch.manual_seed(71)
    x, y = transmit(1000)
    xt, yt = transmit(300)
    model = Decoder()
    opt = torch.optim.Adam(model.parameters(), lr=4e-3)
    criterion = nn.CrossEntropyLoss()
    for step in range(steps):
        pick = torch.randint(0, len(x), (batch,))
        opt.zero_grad()
        loss = criterion(model(x[pick]), y[pick])
        loss.backward()
        if step % 5 == 0:
            row = {"step": step, "loss": round(loss.item(), 5)}
            row.update({f"gradients/{n}": float(f"{p.grad.norm().item():.5g}") for n, p in model.named_parameters()})
            print(json.dumps(row))
        opt.step()
    print("RESULT " + json.dumps({"metric": "letter_accuracy", "value": round(evaluate(model, xt, yt), 4)}))


if __name__ == "__main__":
    main()
