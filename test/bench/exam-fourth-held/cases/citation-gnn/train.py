"""Node classification on a synthetic citation graph, residual message passing."""
import json
import torch
import torch.nn as nn
import torch.nn.functional as F


def citation_graph(n=400, classes=4, feats=24, seed=0):
    g = torch.Generator().manual_seed(seed)
    label = torch.randint(0, classes, (n,), generator=g)
    same = label[:, None] == label[None, :]
    p = torch.where(same, torch.tensor(0.04), torch.tensor(0.006))
    upper = torch.triu(torch.rand(n, n, generator=g) < p, diagonal=1).float()
    adj = upper + upper.t()
    proto = torch.randn(classes, feats, generator=g)
    x = 0.5 * proto[label] + torch.randn(n, feats, generator=g)
    return x, adj, label


class GraphLayer(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.lin_self = nn.Linear(dim, dim)
        self.lin_neigh = nn.Linear(dim, dim, bias=False)

    def forward(self, h, adj):
        m = adj @ h
        return h + F.relu(self.lin_self(h) + self.lin_neigh(m))


class CitationNet(nn.Module):
    def __init__(self, feats, dim=32, layers=10, classes=4):
        super().__init__()
        self.inp = nn.Linear(feats, dim)
        self.layers = nn.ModuleList(GraphLayer(dim) for _ in range(layers))
        self.cls = nn.Linear(dim, classes)

    def forward(self, x, adj):
        h = F.relu(self.inp(x))
        for layer in self.layers:
            h = layer(h, adj)
        return self.cls(h)


def main():
    torch.manual_seed(1)
    x, adj, label = citation_graph()
    perm = torch.randperm(len(label))
    train_idx, test_idx = perm[:160], perm[160:]
    model = CitationNet(x.size(1))
    opt = torch.optim.Adam(model.parameters(), lr=0.003)
    for epoch in range(120):
        opt.zero_grad()
        out = model(x, adj)
        loss = F.cross_entropy(out[train_idx], label[train_idx])
        loss.backward()
        if epoch % 5 == 0:
            print(json.dumps({"epoch": epoch, "loss": round(loss.item(), 6), "grads": {k: float("%.4g" % p.grad.norm()) for k, p in model.named_parameters() if k.endswith("weight")}}))
        opt.step()
    with torch.no_grad():
        acc = (model(x, adj).argmax(1) == label)[test_idx].float().mean().item()
    print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))


main()
