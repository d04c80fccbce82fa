# bench: class=DLRM input=randn:32,13+tokens:32,4:50 loss=bce
import numpy as np
import torch
import torch.nn as nn


class DLRM(nn.Module):
    def create_mlp(self, ln, sigmoid_layer):
        layers = nn.ModuleList()
        for i in range(0, ln.size - 1):
            n = ln[i]
            m = ln[i + 1]
            LL = nn.Linear(int(n), int(m), bias=True)
            mean = 0.0
            std_dev = np.sqrt(2 / (m + n))
            LL.weight.data.normal_(mean, std_dev)
            LL.bias.data.normal_(0.0, np.sqrt(1 / m))
            layers.append(LL)
            if i == sigmoid_layer:
                layers.append(nn.Sigmoid())
            else:
                layers.append(nn.ReLU())
        return torch.nn.Sequential(*layers)

    def __init__(self, m_spa=16, n_emb=50, n_tables=4, ln_bot=(13, 64, 16), ln_top=(26, 64, 32, 1)):
        super(DLRM, self).__init__()
        self.emb_l = nn.ModuleList([nn.Embedding(n_emb, m_spa) for _ in range(n_tables)])
        for emb in self.emb_l:
            nn.init.uniform_(emb.weight, -np.sqrt(1 / n_emb), np.sqrt(1 / n_emb))
        self.bot_l = self.create_mlp(np.array(ln_bot), -1)
        self.top_l = self.create_mlp(np.array(ln_top), -1)

    def interact_features(self, x, ly):
        batch_size, d = x.shape
        T = torch.cat([x] + ly, dim=1).view((batch_size, -1, d))
        Z = torch.bmm(T, torch.transpose(T, 1, 2))
        _, ni, nj = Z.shape
        li = torch.tensor([i for i in range(ni) for j in range(i)])
        lj = torch.tensor([j for i in range(nj) for j in range(i)])
        Zflat = Z[:, li, lj]
        return torch.cat([x] + [Zflat], dim=1)

    def forward(self, dense_x, lS_i):
        x = self.bot_l(dense_x)
        ly = [self.emb_l[k](lS_i[:, k]) for k in range(len(self.emb_l))]
        z = self.interact_features(x, ly)
        return self.top_l(z)
