"""Count marked symbols in a stream. Curriculum: the streams become longer every 100 updates."""
import json

import torch
import torch.nn as nn


class Counter(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.lstm = nn.LSTM(3, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)
        for name, p in self.lstm.named_parameters():
            if "bias_ih" in name:
                nn.init.ones_(p.data[hidden:2 * hidden])

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.head(out[:, -1]).squeeze(-1)


def stream(batch, length):
    symbols = torch.randint(0, 3, (batch, length))
    x = torch.nn.functional.one_hot(symbols, 3).float()
    return x, (symbols == 2).sum(1).float() - (symbols == 1).sum(1).float()


def main():
    torch.manual_seed(49)
    model = Counter()
    opt = torch.optim.Adam(model.parameters(), lr=6e-3)
    lengths = [4, 10, 20, 32]
    for step in range(400):
        length = lengths[step // 100]
        x, count = stream(32, length)
        loss = nn.functional.mse_loss(model(x), count)
        opt.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        opt.step()
        if step % 4 == 0:
            print({"step": step, "length": length, "loss": round(loss.item(), 5), "grad_norm": round(norm.item(), 5)})
    x, count = stream(1000, lengths[-1])
    with torch.no_grad():
        mae = (model(x) - count).abs().mean().item()
    print("RESULT " + json.dumps({"metric": "mean_abs_error", "value": round(mae, 4)}))


main()
