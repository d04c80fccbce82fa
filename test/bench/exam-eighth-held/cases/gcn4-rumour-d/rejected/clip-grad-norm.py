# coding: utf-8
# rumours on a friendship graph: how much of the rumour has each member heard after two rounds?
import json
import random
from types import SimpleNamespace as NS

import torch
import torch.nn.functional as F

cfg = NS(seed=21, members=240, groups=4, p_in=0.25, p_out=0.03, feats=6, hidden=24, layers=4,
         lr=0.003, epochs=12, steps=20)


def make_graph(c):
    label = torch.arange(c.members) % c.groups
    same = label[:, None] == label[None, :]
    prob = torch.where(same, torch.tensor(c.p_in), torch.tensor(c.p_out))
    upper = torch.triu((torch.rand(c.members, c.members) < prob).float(), 1)
    adj = upper + upper.t() + torch.eye(c.members)
    mean = torch.randn(c.groups, c.feats)
    x = mean[label] + torch.randn(c.members, c.feats)
    walk = adj / adj.sum(1, keepdim=True)
    heard = walk @ torch.sigmoid(2 * (walk @ (x[:, 0] - 0.5 * x[:, 1] * x[:, 2])))
    heard = (heard - heard.mean()) / heard.std()
    return x, adj, heard


def make_params(c):
    sizes = [c.feats] + [c.hidden] * (c.layers - 1) + [1]
    params = []
    for a, b in zip(sizes[:-1], sizes[1:]):
        w = torch.empty(a, b)
        torch.nn.init.xavier_uniform_(w)
        params += [w.requires_grad_(), torch.zeros(b, requires_grad=True)]
    return params


def gcn(params, x, adj):
    n = len(params) // 2
    for k in range(n):
        w, b = params[2 * k], params[2 * k + 1]
        x = adj @ (x @ w) + b
        if k < n - 1:
            x = F.relu(x)
    return x.squeeze(1)


def train(c):
    random.seed(c.seed)
    torch.manual_seed(c.seed)
    x, adj, heard = make_graph(c)
    order = torch.randperm(c.members)
    known, hidden = order[:160], order[160:]
    params = make_params(c)
    opt = torch.optim.Adam(params, lr=c.lr)
    for epoch in range(c.epochs):
        for step in range(c.steps):
            pick = known[torch.randint(0, len(known), (64,))]
            loss = F.mse_loss(gcn(params, x, adj)[pick], heard[pick])
            opt.zero_grad()
            loss.backward()
            gn = sum(p.grad.pow(2).sum() for p in params).sqrt()
            torch.nn.utils.clip_grad_norm_(params, 1.0)
            opt.step()
            if (step + 1) % 4 == 0:
                print('Epoch: [%d/%d] Step: [%d/%d] Loss: %.4f GradNorm: %.4f' % (
                    epoch + 1, c.epochs, step + 1, c.steps, loss.item(), gn.item()))
    with torch.no_grad():
        mse = F.mse_loss(gcn(params, x, adj)[hidden], heard[hidden]).item()
    return mse


print('RESULT ' + json.dumps({'metric': 'mse_hidden_members', 'value': round(train(cfg), 4)}))
