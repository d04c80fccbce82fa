# Metric learning: place noisy views of the same "face" close together (triplet margin loss).
import json

import torch
import torch.nn as nn
import torch.nn.functional as F

IDENTITIES, FEATURES = 12, 30


class Embedder(nn.Module):
    def __init__(self, hidden=64, out=8):
        super().__init__()
        self.fc1 = nn.Linear(FEATURES, hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.proj = nn.Linear(hidden, out)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return F.normalize(self.proj(x), dim=-1)


def views(ids, protos, noise=0.9):
    return protos[ids] + noise * torch.randn(len(ids), FEATURES)


def triplets(n, protos):
    a = torch.randint(0, IDENTITIES, (n,))
    b = (a + torch.randint(1, IDENTITIES, (n,))) % IDENTITIES
    return views(a, protos), views(a, protos), views(b, protos)


def hinge(ea, ep, en, margin=0.3):
    return F.relu((ea - ep).pow(2).sum(1) - (ea - en).pow(2).sum(1) + margin).mean()


def show(step, loss, net):
    print(f"step {step} loss {loss:.5f}")
    for name, param in net.named_parameters():
        if "weight" in name:
            print(f"{name}: {param.grad.norm():.6f}")


def retrieval(net, protos):
    gallery_ids = torch.arange(IDENTITIES)
    with torch.no_grad():
        gallery = net(views(gallery_ids, protos, 0.2))
        ids = torch.randint(0, IDENTITIES, (600,))
        best = (net(views(ids, protos)) @ gallery.t()).argmax(1)
    return (best == ids).float().mean().item()


if __name__ == "__main__":
    torch.manual_seed(33)
    protos = torch.randn(IDENTITIES, FEATURES)
    net = Embedder()
    opt = torch.optim.Adam(net.parameters(), lr=1e-3)
    for step in range(1, 801):
        loss = hinge(*(net(v) for v in triplets(32, protos)))
        opt.zero_grad()
        loss.backward()
        if step == 1 or step % 10 == 0:
            show(step, loss.item(), net)
        opt.step()
    print("RESULT " + json.dumps({"metric": "retrieval_accuracy", "value": round(retrieval(net, protos), 4)}))
