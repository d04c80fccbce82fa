# bench: class=GraphClassifier input=randn:8,20,12+randn:8,20,20 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class GINLayer(nn.Module):
    def __init__(self, dim_in, dim_out):
        super().__init__()
        self.eps = nn.Parameter(torch.zeros(1))
        self.mlp = nn.Sequential(nn.Linear(dim_in, dim_out), nn.ReLU(), nn.Linear(dim_out, dim_out))
        self.norm = nn.LayerNorm(dim_out)

    def forward(self, h, adj):
        agg = torch.bmm(adj, h)
        h = (1 + self.eps) * h + agg
        return F.relu(self.norm(self.mlp(h)))


class GraphClassifier(nn.Module):
    """Dense batches: node features [B, N, F] and adjacency [B, N, N]."""

    def __init__(self, in_dim=12, hidden=48, classes=4, num_layers=4, readout="mean"):
        super().__init__()
        dims = [in_dim] + [hidden] * num_layers
        self.layers = nn.ModuleList(GINLayer(i, o) for i, o in zip(dims, dims[1:]))
        self.heads = nn.ModuleList([nn.Linear(d, classes) for d in dims])
        self.readout = {"mean": lambda t: t.mean(dim=1), "sum": lambda t: t.sum(dim=1)}[readout]

    def forward(self, x, adj):
        out = self.heads[0](self.readout(x))
        for layer, head in zip(self.layers, self.heads[1:]):
            x = layer(x, adj)
            out = out + head(self.readout(x))
        return out
