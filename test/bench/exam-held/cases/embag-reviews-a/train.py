"""Sentiment of reviews: one sparse embedding table per field, some fields are rarely filled."""
import json

import torch
import torch.nn as nn

FIELDS = {"title": 1.0, "body": 1.0, "pros": 0.15, "reply": 0.004}
WORDS = 400


class ReviewModel(nn.Module):
    def __init__(self, dim=12):
        super().__init__()
        self.tables = nn.ModuleDict({f: nn.EmbeddingBag(WORDS, dim, mode="mean", sparse=True) for f in FIELDS})
        self.out = nn.Linear(dim * len(FIELDS), 1)

    def forward(self, tokens, present):
        parts = []
        for f, table in self.tables.items():
            bag = torch.zeros(len(tokens[f]), table.embedding_dim)
            rows = present[f].nonzero().squeeze(1)
            if len(rows):
                bag = bag.index_put((rows,), table(tokens[f][rows]))
            parts.append(bag)
        return self.out(torch.cat(parts, 1)).squeeze(1)


def reviews(n, polarity, gen):
    y = (torch.rand(n, generator=gen) < 0.5).float()
    tokens, present = {}, {}
    for f, share in FIELDS.items():
        cand = torch.randint(0, WORDS, (n, 8, 2), generator=gen)
        better = (polarity[cand[..., 0]] > polarity[cand[..., 1]]).float()
        pick = (better != y.unsqueeze(1)).long()
        tokens[f] = cand.gather(-1, pick.unsqueeze(-1)).squeeze(-1)
        present[f] = torch.rand(n, generator=gen) < share
    return tokens, present, y


def main():
    torch.manual_seed(51)
    gen = torch.Generator().manual_seed(51)
    polarity = torch.randn(WORDS, generator=gen)
    model = ReviewModel()
    sparse_opt = torch.optim.SparseAdam(list(model.tables.parameters()), lr=1e-2)
    dense_opt = torch.optim.Adam(model.out.parameters(), lr=1e-2)
    bce = nn.BCEWithLogitsLoss()
    with open("history.jsonl", "w") as fh:
        for step in range(300):
            tokens, present, y = reviews(64, polarity, gen)
            loss = bce(model(tokens, present), y)
            sparse_opt.zero_grad()
            dense_opt.zero_grad()
            loss.backward()
            if step % 3 == 0:
                rec = {"step": step, "loss": loss.item()}
                for name, p in model.named_parameters():
                    g = p.grad
                    if g is not None:
                        g = g.coalesce().values() if g.is_sparse else g
                    rec["grad/" + name] = 0.0 if g is None or g.numel() == 0 else round(g.norm().item(), 6)
                fh.write(json.dumps(rec) + "\n")
            sparse_opt.step()
            dense_opt.step()
    tokens, present, y = reviews(2000, polarity, gen)
    with torch.no_grad():
        acc = ((model(tokens, present) > 0).float() == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
