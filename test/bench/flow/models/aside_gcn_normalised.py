# bench: class=GCN input=randn:60,20 loss=ce
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter


def ring(n, k=3):
    a = torch.zeros(n, n)
    for i in range(n):
        for j in range(1, k + 1):
            a[i, (i + j) % n] = 1.0
            a[(i + j) % n, i] = 1.0
    a = a + torch.eye(n)
    d = a.sum(1)
    return a / d.unsqueeze(1)


class GraphConvolution(nn.Module):
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
        output = torch.mm(adj, support)
        if self.bias is not None:
            return output + self.bias
        return output


class GCN(nn.Module):
    def __init__(self, nfeat=20, nhid=32, nclass=4, dropout=0.5, n=60):
        super(GCN, self).__init__()
        self.register_buffer('adj', ring(n))
        self.gc1 = GraphConvolution(nfeat, nhid)
        self.gc2 = GraphConvolution(nhid, nhid)
        self.gc3 = GraphConvolution(nhid, nclass)
        self.dropout = dropout

    def forward(self, x):
        x = F.relu(self.gc1(x, self.adj))
        x = F.dropout(x, self.dropout, training=self.training)
        x = F.relu(self.gc2(x, self.adj))
        x = F.dropout(x, self.dropout, training=self.training)
        return self.gc3(x, self.adj)
