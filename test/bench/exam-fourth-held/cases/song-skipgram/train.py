"""Song vectors from listening sessions: skip-gram with negative samples and sparse gradients."""
import json
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class SkipGram(nn.Module):
    def __init__(self, n_songs, dim):
        super().__init__()
        self.song = nn.Embedding(n_songs, dim, sparse=True)
        self.context = nn.Embedding(n_songs, dim, sparse=True)
        nn.init.uniform_(self.song.weight, -0.5 / dim, 0.5 / dim)
        nn.init.zeros_(self.context.weight)

    def forward(self, centre, pos, neg):
        c = self.song(centre)
        good = (c * self.context(pos)).sum(-1)
        bad = torch.bmm(self.context(neg), c.unsqueeze(-1)).squeeze(-1)
        return -(F.logsigmoid(good) + F.logsigmoid(-bad).sum(-1)).mean()


class Sessions:
    """Songs belong to one of 12 genres; a session stays mostly in its genre."""

    def __init__(self, n_songs=1200, genres=12, seed=0):
        self.g = torch.Generator().manual_seed(seed)
        self.n, self.genres = n_songs, genres
        self.per = n_songs // genres

    def pick(self, genre):
        u = torch.rand(genre.shape, generator=self.g) ** 2
        return genre * self.per + (u * self.per).long()

    def batch(self, n, k=5):
        genre = torch.randint(0, self.genres, (n,), generator=self.g)
        other = torch.where(torch.rand(n, generator=self.g) < 0.9, genre, torch.randint(0, self.genres, (n,), generator=self.g))
        return self.pick(genre), self.pick(other), torch.randint(0, self.n, (n, k), generator=self.g)


def purity(model, data, songs=300, k=5):
    e = F.normalize(model.song.weight.detach(), dim=1)
    pick = torch.arange(0, data.n, data.n // songs)
    sim = e[pick] @ e.t()
    sim[torch.arange(len(pick)), pick] = -9
    near = sim.topk(k, dim=1).indices // data.per
    return (near == (pick // data.per)[:, None]).float().mean().item()


if __name__ == "__main__":
    torch.manual_seed(70)
    data = Sessions(seed=71)
    model = SkipGram(data.n, 16)
    opt = torch.optim.SparseAdam(list(model.parameters()), lr=0.01)
    for step in range(1, 1501):
        loss = model(*data.batch(256))
        opt.zero_grad()
        loss.backward()
        if step % 10 == 0:
            stats = {}
            for n, p in model.named_parameters():
                gr = p.grad.coalesce()
                stats[n] = (gr.values().norm().item(), gr.indices().size(1))
            print(f"step {step} loss {loss.item():.4f} | " + " | ".join(f"{n} grad_norm {v:.5f} rows {r}" for n, (v, r) in stats.items()))
        opt.step()
    print("RESULT " + json.dumps({"metric": "genre_purity", "value": round(purity(model, data), 4)}))
