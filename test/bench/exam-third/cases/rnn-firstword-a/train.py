# Which of 6 speakers opened the conversation?  The opener only shows in the first token,
# everything after it is chatter (31 tokens).
import json
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(31)
V, LEN, H, SPEAKERS = 24, 32, 32, 6


class Opener(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(V, 16)
        self.wx = nn.Linear(16, H)
        self.wh = nn.Linear(H, H, bias=False)
        self.out = nn.Linear(H, SPEAKERS)

    def forward(self, tokens):
        e = self.emb(tokens)
        h = torch.zeros(tokens.size(0), H)
        for t in range(tokens.size(1)):
            h = torch.tanh(self.wx(e[:, t]) + self.wh(h))
        return self.out(h)


def batch(n):
    first = torch.randint(0, SPEAKERS, (n,))
    rest = torch.randint(SPEAKERS, V, (n, LEN - 1))
    return torch.cat([first.unsqueeze(1), rest], 1), first


net = Opener()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
running = 0
for step in range(1, 301):
    x, y = batch(32)
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    # norm at the far end: what reaches the embedding of the opening token
    g_first = net.emb.weight.grad[:SPEAKERS].norm()
    total = nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    running += loss.item()
    if step % 10 == 0:
        print("step %d | loss %.4f | grad norm %.4f | emb.weight grad %.3e" % (step, running / 10, total, g_first))
        running = 0

net.eval()
torch.manual_seed(99)
x, y = batch(1000)
with torch.no_grad():
    acc = (net(x).argmax(1) == y).float().mean().item()
print("RESULT", json.dumps({"metric": "acc", "value": round(acc, 4)}))
