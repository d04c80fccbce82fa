# bench: class=GCN make=make_gcn input=randn:40,32 loss=ce
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter


class GraphConvolution(Module):
    """Simple GCN layer."""

    def __init__(self, in_features, out_features, bias=True):
        super(GraphConvolution, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(torch.FloatTensor(in_features, out_features))
        if bias:
            self.bias = Parameter(torch.FloatTensor(out_features))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1. / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-stdv, stdv)
        if self.bias is not None:
            self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, adj):
        support = torch.mm(input, self.weight)
        output = torch.spmm(adj, support)
        if self.bias is not None:
            return output + self.bias
        else:
            return output


def normalize_adj(adj):
    deg = adj.sum(1)
    d_inv_sqrt = deg.pow(-0.5)
    d_inv_sqrt[torch.isinf(d_inv_sqrt)] = 0.
    return adj * d_inv_sqrt[:, None] * d_inv_sqrt[None, :]


class GCN(nn.Module):
    def __init__(self, nfeat, nhid, nclass, dropout, num_nodes=40):
        super(GCN, self).__init__()
        self.gc1 = GraphConvolution(nfeat, nhid)
        self.gc2 = GraphConvolution(nhid, nhid)
        self.gc3 = GraphConvolution(nhid, nclass)
        self.dropout = dropout
        adj = (torch.rand(num_nodes, num_nodes) < 0.1).float()
        adj = ((adj + adj.t()) > 0).float() + torch.eye(num_nodes)
        self.register_buffer("adj", normalize_adj(adj))

    def forward(self, x):
        x = F.relu(self.gc1(x, self.adj))
        x = F.dropout(x, self.dropout, training=self.training)
        x = F.relu(self.gc2(x, self.adj))
        x = F.dropout(x, self.dropout, training=self.training)
        x = self.gc3(x, self.adj)
        return x


def make_gcn():
    return GCN(nfeat=32, nhid=24, nclass=5, dropout=0.5)
