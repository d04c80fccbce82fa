# bench: class=MPNN input=randn:8,12,6+randn:8,12,12 loss=mse
import torch
from torch import nn


class MessageLayer(nn.Module):
    """Dense message passing: all pairs of nodes, gated by the adjacency."""

    def __init__(self, dim):
        super().__init__()
        self.message = nn.Sequential(nn.Linear(2 * dim, dim), nn.ReLU(), nn.Linear(dim, dim))
        self.update = nn.GRUCell(dim, dim)

    def forward(self, h, adj):
        b, n, d = h.shape
        hi = h.unsqueeze(2).expand(b, n, n, d)
        hj = h.unsqueeze(1).expand(b, n, n, d)
        m = self.message(torch.cat([hi, hj], dim=-1))
        m = (adj.unsqueeze(-1) * m).sum(dim=2)
        return self.update(m.reshape(b * n, d), h.reshape(b * n, d)).view(b, n, d)


class MPNN(nn.Module):
    def __init__(self, node_feats=6, hidden=32, steps=3):
        super().__init__()
        self.embed = nn.Linear(node_feats, hidden)
        self.layers = nn.ModuleList(MessageLayer(hidden) for _ in range(steps))
        self.readout = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, nodes, adjacency):
        gate = torch.sigmoid(adjacency)
        h = self.embed(nodes)
        for layer in self.layers:
            h = layer(h, gate)
        return self.readout(h.sum(dim=1))
