# bench: class=SetModel input=randn:16,20,6 loss=mse
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class MAB(nn.Module):
    def __init__(self, dim_Q, dim_K, dim_V, num_heads, ln=True):
        super(MAB, self).__init__()
        self.dim_V = dim_V
        self.num_heads = num_heads
        self.fc_q = nn.Linear(dim_Q, dim_V)
        self.fc_k = nn.Linear(dim_K, dim_V)
        self.fc_v = nn.Linear(dim_K, dim_V)
        if ln:
            self.ln0 = nn.LayerNorm(dim_V)
            self.ln1 = nn.LayerNorm(dim_V)
        self.fc_o = nn.Linear(dim_V, dim_V)

    def forward(self, Q, K):
        Q = self.fc_q(Q)
        K, V = self.fc_k(K), self.fc_v(K)
        A = torch.softmax(Q.bmm(K.transpose(1, 2)) / math.sqrt(self.dim_V), 2)
        O = Q + A.bmm(V)
        O = O if getattr(self, 'ln0', None) is None else self.ln0(O)
        O = O + F.relu(self.fc_o(O))
        O = O if getattr(self, 'ln1', None) is None else self.ln1(O)
        return O


class SetModel(nn.Module):
    def __init__(self, dim_input=6, dim_hidden=32, num_outputs=1, dim_output=2, num_heads=4):
        super().__init__()
        self.enc = nn.ModuleList([MAB(dim_input, dim_input, dim_hidden, num_heads), MAB(dim_hidden, dim_hidden, dim_hidden, num_heads)])
        self.seed = nn.Parameter(torch.Tensor(1, num_outputs, dim_hidden))
        nn.init.xavier_uniform_(self.seed)
        self.pool = MAB(dim_hidden, dim_hidden, dim_hidden, num_heads)
        self.dec = nn.Linear(dim_hidden, dim_output)

    def forward(self, X):
        for m in self.enc:
            X = m(X, X)
        return self.dec(self.pool(self.seed.repeat(X.size(0), 1, 1), X)).squeeze(1)
