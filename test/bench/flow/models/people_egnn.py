# bench: class=EGNN input=randn:8,10,6+randn:8,10,3 loss=mse
import torch
from torch import nn


class EGCL(nn.Module):
    def __init__(self, hidden_nf, act_fn=nn.SiLU()):
        super().__init__()
        self.edge_mlp = nn.Sequential(
            nn.Linear(hidden_nf * 2 + 1, hidden_nf), act_fn, nn.Linear(hidden_nf, hidden_nf), act_fn)
        self.node_mlp = nn.Sequential(
            nn.Linear(hidden_nf + hidden_nf, hidden_nf), act_fn, nn.Linear(hidden_nf, hidden_nf))

    def forward(self, h, x):
        n = h.size(1)
        hi = h.unsqueeze(2).expand(-1, -1, n, -1)
        hj = h.unsqueeze(1).expand(-1, n, -1, -1)
        diff = x.unsqueeze(2) - x.unsqueeze(1)
        radial = (diff ** 2).sum(dim=-1, keepdim=True)
        m_ij = self.edge_mlp(torch.cat([hi, hj, radial], dim=-1))
        m_i = m_ij.sum(dim=2)
        return h + self.node_mlp(torch.cat([h, m_i], dim=-1))


class EGNN(nn.Module):
    def __init__(self, in_node_nf=6, hidden_nf=32, n_layers=3):
        super().__init__()
        self.embedding_in = nn.Linear(in_node_nf, hidden_nf)
        for i in range(n_layers):
            self.add_module("gcl_%d" % i, EGCL(hidden_nf))
        self.n_layers = n_layers
        self.node_dec = nn.Sequential(nn.Linear(hidden_nf, hidden_nf), nn.SiLU(), nn.Linear(hidden_nf, hidden_nf))
        self.graph_dec = nn.Sequential(nn.Linear(hidden_nf, hidden_nf), nn.SiLU(), nn.Linear(hidden_nf, 1))

    def forward(self, h0, x):
        h = self.embedding_in(h0)
        for i in range(self.n_layers):
            h = self._modules["gcl_%d" % i](h, x)
        h = self.node_dec(h)
        h = torch.sum(h, dim=1)
        pred = self.graph_dec(h)
        return pred.squeeze(1)
