# bench: class=TabularModel input=tokens:64,3:5+randn:64,6 loss=bce
import torch
from torch import nn


class TabularModel(nn.Module):
    def __init__(self, emb_szs=((5, 3), (5, 3), (5, 2)), n_cont=6, out_sz=1, layers=(64, 32), ps=0.2, use_bn=True):
        super().__init__()
        self.embeds = nn.ModuleList([nn.Embedding(ni, nf) for ni, nf in emb_szs])
        self.emb_drop = nn.Dropout(0.05)
        n_emb = sum(e.embedding_dim for e in self.embeds)
        self.n_emb, self.n_cont = n_emb, n_cont
        self.bn_cont = nn.BatchNorm1d(n_cont)
        sizes = [n_emb + n_cont] + list(layers) + [out_sz]
        actns = [nn.ReLU(inplace=True) for _ in range(len(sizes) - 2)] + [None]
        _layers = []
        for i, act in enumerate(actns):
            _layers.append(nn.Linear(sizes[i], sizes[i + 1]))
            if act is not None:
                _layers.append(act)
                if use_bn:
                    _layers.append(nn.BatchNorm1d(sizes[i + 1]))
                _layers.append(nn.Dropout(ps))
        self.layers = nn.Sequential(*_layers)

    def forward(self, x_cat, x_cont):
        x = [e(x_cat[:, i]) for i, e in enumerate(self.embeds)]
        x = torch.cat(x, 1)
        x = self.emb_drop(x)
        x_cont = self.bn_cont(x_cont)
        x = torch.cat([x, x_cont], 1)
        return self.layers(x)
