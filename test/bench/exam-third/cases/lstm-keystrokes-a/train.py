import json
import torch
from torch import nn

torch.manual_seed(37)
# who is typing? timing sequences of 3 users
class Typist(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 32, batch_first=True)
        self.fc = nn.Linear(32, 3)

    def forward(self, x):
        _, (h, _) = self.lstm(x)
        return self.fc(h[-1])

def keystrokes(n, length=16):
    who = torch.randint(0, 3, (n,))
    dwell = 0.4 * torch.randn(n, length) + (who.float() - 1).unsqueeze(1) * 0.25
    flight = torch.randn(n, length)
    flight[who == 2, 1:] = 0.6 * flight[who == 2, :-1] + 0.8 * flight[who == 2, 1:]
    return torch.stack([dwell, flight], 2), who

model = Typist()
optimizer = torch.optim.SGD(model.parameters(), lr=3.0)
MAX_NORM = 0.1
N = 400
for it in range(1, N + 1):
    x, y = keystrokes(48)
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    before = nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
    optimizer.step()
    if it % 5 == 0:
        bar = "#" * (20 * it // N)
        print(f"{100 * it // N:3d}%|{bar:<20}| {it}/{N} loss={loss.item():.3f}, grad_norm={before.item():.3f}, clipped={int(before > MAX_NORM)}", end="\r\n" if it == N else "\r")
x, y = keystrokes(1000)
with torch.no_grad():
    acc = (model(x).argmax(1) == y).float().mean().item()
print("RESULT " + json.dumps({"metric": "acc", "value": acc}))
