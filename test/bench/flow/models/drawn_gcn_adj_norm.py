# bench: class=GCN input=randn:50,16+randn:50,50 loss=ce
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter


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
        stdv = 1. / np.sqrt(self.weight.size(1))
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
    def __init__(self, nfeat=16, nhid=32, nclass=5, dropout=0.2, depth=3):
        super(GCN, self).__init__()
        dims = [nfeat] + [nhid] * (depth - 1) + [nclass]
        self.gcs = nn.ModuleList([GraphConvolution(dims[i], dims[i + 1]) for i in range(depth)])
        self.dropout = dropout

    def forward(self, x, adj):
        adj = F.softmax(adj, dim=1)
        for gc in self.gcs[:-1]:
            x = F.relu(gc(x, adj))
            x = F.dropout(x, self.dropout, training=self.training)
        return F.log_softmax(self.gcs[-1](x, adj), dim=1)
