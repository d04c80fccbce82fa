# bench: class=TabularModel make=create input=tokens:64,3:6+randn:64,8 loss=ce
import torch
import torch.nn as nn

EMB_SZS = [(10, 6), (7, 4), (24, 12)]


def bn_drop_lin(n_in, n_out, bn=True, p=0., actn=None):
    layers = [nn.BatchNorm1d(n_in)] if bn else []
    if p != 0:
        layers.append(nn.Dropout(p))
    layers.append(nn.Linear(n_in, n_out))
    if actn is not None:
        layers.append(actn)
    return layers


class TabularModel(nn.Module):
    def __init__(self, emb_szs, n_cont, out_sz, layers, ps=None, emb_drop=0., use_bn=True):
        super().__init__()
        ps = [0] * len(layers) if ps is None else ps
        self.embeds = nn.ModuleList([nn.Embedding(ni, nf) for ni, nf in emb_szs])
        for emb in self.embeds:
            emb.weight.data.normal_(0, 0.01)
        self.emb_drop = nn.Dropout(emb_drop)
        self.bn_cont = nn.BatchNorm1d(n_cont)
        n_emb = sum(e.embedding_dim for e in self.embeds)
        self.n_emb, self.n_cont = n_emb, n_cont
        sizes = [n_emb + n_cont] + layers + [out_sz]
        actns = [nn.ReLU(inplace=True) for _ in range(len(sizes) - 2)] + [None]
        stack = []
        for i, (n_in, n_out, dp, act) in enumerate(zip(sizes[:-1], sizes[1:], [0.] + ps, actns)):
            stack += bn_drop_lin(n_in, n_out, bn=use_bn and i != 0, p=dp, actn=act)
        self.layers = nn.Sequential(*stack)

    def forward(self, x_cat, x_cont):
        x = [e(x_cat[:, i]) for i, e in enumerate(self.embeds)]
        x = self.emb_drop(torch.cat(x, 1))
        x = torch.cat([x, self.bn_cont(x_cont)], 1)
        return self.layers(x)


def create():
    return TabularModel(EMB_SZS, 8, 2, [120, 60], ps=[0.1, 0.2], emb_drop=0.04)
