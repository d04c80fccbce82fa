"""Learn an embedding in which recordings of one speaker lie close together (triplet loss)."""
import json

import torch
import torch.nn as nn

SPEAKERS, DIM, STEPS = 12, 20, 400
torch.manual_seed(3)
voices = torch.randn(SPEAKERS, DIM)
mixing = torch.randn(DIM, DIM) / DIM ** 0.5


def recordings(speaker):
    return torch.tanh((voices[speaker] + 0.9 * torch.randn(len(speaker), DIM)) @ mixing)


class Embedder(nn.Module):
    def __init__(self, d_out=8):
        super().__init__()
        self.fc1 = nn.Linear(DIM, 64)
        self.fc2 = nn.Linear(64, d_out)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


def pairwise_distance(a, b):
    return ((a.unsqueeze(1) - b.unsqueeze(0)) ** 2).sum(-1).sqrt()


def batch_hard_triplet(emb, labels, margin=1.0):
    dist = pairwise_distance(emb, emb)
    same = labels[:, None] == labels[None, :]
    hardest_pos = (dist * same.float()).max(1).values
    hardest_neg = (dist + 1e6 * same.float()).min(1).values
    return torch.relu(hardest_pos - hardest_neg + margin).mean()


model = Embedder()
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(STEPS):
    labels = torch.randint(0, SPEAKERS, (48,))
    emb = model(recordings(labels))
    loss = batch_hard_triplet(emb, labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 4 == 0:
        print({"step": step, "loss": round(loss.item(), 4), "emb_std": round(emb.std().item(), 4)})

labels = torch.arange(SPEAKERS).repeat(20)
with torch.no_grad():
    centres = model(recordings(labels)).view(20, SPEAKERS, -1).mean(0)
    probe = torch.arange(SPEAKERS).repeat(40)
    guess = torch.cdist(model(recordings(probe)), centres).argmin(1)
    hit = (guess == probe).float().mean().item() if torch.isfinite(centres).all() else 0.0
print("RESULT " + json.dumps({"metric": "identification_rate", "value": round(hit, 4)}))
