"""Node regression on random social graphs: how strong is the signal in the neighbourhood of a node?"""
import json
import logging
import math
import sys

import torch
from torch import nn

log = logging.getLogger("gnn")
log.setLevel(logging.INFO)
_h = logging.StreamHandler(sys.stdout)
_h.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s: %(message)s", "%H:%M:%S"))
log.addHandler(_h)


class GraphSource:
    def __init__(self, nodes=30, degree=8, features=6):
        self.nodes, self.p, self.features = nodes, degree / nodes, features

    def draw(self, graphs):
        upper = torch.triu((torch.rand(graphs, self.nodes, self.nodes) < self.p).float(), diagonal=1)
        adj = upper + upper.transpose(1, 2)
        adj = adj + torch.eye(self.nodes)
        x = torch.randn(graphs, self.nodes, self.features)
        deg = adj.sum(-1, keepdim=True)
        signal = torch.tanh(x[..., :1] + x[..., 1:2])
        y = (adj @ signal) / deg.sqrt() + 0.5 * x[..., 2:3]
        return adj, x, y


class Conv(nn.Module):
    def __init__(self, d_in, d_out):
        super().__init__()
        self.own = nn.Linear(d_in, d_out)
        self.norm = nn.LayerNorm(d_out)
        self.msg = nn.Linear(d_in, d_out, bias=False)

    def forward(self, adj, h):
        return self.norm(self.own(h) + adj @ self.msg(h))


class GraphNet(nn.Module):
    def __init__(self, d_in, d=32, n_layers=9):
        super().__init__()
        self.convs = nn.ModuleList([Conv(d_in if i == 0 else d, d) for i in range(n_layers)])
        self.read = nn.Linear(d, 1)

    def forward(self, adj, x):
        h = x
        for conv in self.convs:
            h = torch.relu(conv(adj, h))
        return self.read(h)


def fit(net, source, iterations, lr):
    opt = torch.optim.AdamW(net.parameters(), lr=lr)
    for it in range(1, iterations + 1):
        adj, x, y = source.draw(8)
        loss = nn.functional.mse_loss(net(adj, x), y)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        if it == 1 or it % 10 == 0:
            parts = {n.replace(".weight", ""): p.grad.norm().item() for n, p in net.named_parameters() if p.dim() > 1}
            log.info("it=%d loss=%.5g lr=%g", it, loss.item(), lr)
            log.info("it=%d grad norms %s", it, " ".join(f"{k}={v:.4g}" for k, v in parts.items()))
        opt.step()


def main():
    torch.manual_seed(70)
    source = GraphSource()
    net = GraphNet(source.features)
    fit(net, source, iterations=160, lr=2e-3)
    with torch.no_grad():
        adj, x, y = source.draw(60)
        r2 = 1.0 - (nn.functional.mse_loss(net(adj, x), y) / y.var()).item()
    print("RESULT " + json.dumps({"metric": "r2", "value": round(r2, 4) if math.isfinite(r2) else None}))


if __name__ == "__main__":
    main()
