import assert from 'node:assert/strict';
import { neighbourSums } from '../../../src/core/python/neighbourSums';
import { pythonAnalyzer } from '../python/analyzer';
import { checkFix, checkNoFix } from './checkFix';

/** A graph network of modules: what a layer returns, how many there are, and what makes the adjacency. */
const modules = ({
  layer = 'self.own(h) + adj @ self.msg(h)',
  count = '5',
  adj = '(torch.rand(n, n) < 0.2).float()',
  step = 'h = torch.relu(conv(adj, h))',
} = {}): string => `import torch
from torch import nn


class Graphs:
    def draw(self, n):
        adj = ${adj}
        return adj, torch.randn(n, 8)


class Conv(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.own = nn.Linear(width, width)
        self.msg = nn.Linear(width, width)

    def forward(self, adj, h):
        return ${layer}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([Conv(8) for _ in range(${count})])
        self.norms = nn.ModuleList([nn.LayerNorm(8) for _ in range(${count})])

    def forward(self, adj, h):
        for conv in self.convs:
            ${step}
        return h


def fit(net, graphs):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    for _ in range(100):
        adj, x = graphs.draw(30)
        loss = net(adj, x).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


fit(Net(), Graphs())
`;

/** The same written out with matrices. */
const functional = (layers: string, adj: string): string => `import torch


def load(n):
${adj}
    return torch.randn(n, 8), a


def forward(params, x, adj):
${layers}
    return x


x, adj = load(40)
params = [torch.randn(8, 8, requires_grad=True) for _ in range(4)]
optimizer = torch.optim.Adam(params, lr=1e-3)
for _ in range(100):
    loss = forward(params, x, adj).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`;

const LOOP = `    for w in params:
        x = torch.relu(adj @ (x @ w))`;
const DRAWN = `    upper = torch.triu((torch.rand(n, n) < 0.1).float(), 1)
    a = upper + upper.t() + torch.eye(n)`;

describe('mean-aggregation', () => {
  it('divides the adjacency of a layer that a list stacks, through methods, parameters and unpacking', async () => {
    await checkFix(modules(), 'mean-aggregation', [
      '-         return self.own(h) + adj @ self.msg(h)',
      '+         return self.own(h) + (adj / adj.sum(-1, keepdim=True).clamp(min=1)) @ self.msg(h)',
    ]);
    await checkFix(modules({ layer: 'torch.matmul(adj, self.msg(h))' }), 'mean-aggregation', [
      '-         return torch.matmul(adj, self.msg(h))',
      '+         return torch.matmul(adj / adj.sum(-1, keepdim=True).clamp(min=1), self.msg(h))',
    ]);
    await checkFix(modules({ layer: 'adj.mm(self.msg(h))' }), 'mean-aggregation', [
      '-         return adj.mm(self.msg(h))',
      '+         return (adj / adj.sum(-1, keepdim=True).clamp(min=1)).mm(self.msg(h))',
    ]);
  });

  it('divides it in a loop over matrices, and in three products written out', async () => {
    await checkFix(functional(LOOP, DRAWN), 'mean-aggregation', [
      '-         x = torch.relu(adj @ (x @ w))',
      '+         x = torch.relu((adj / adj.sum(-1, keepdim=True).clamp(min=1)) @ (x @ w))',
    ]);
    const three = ['0', '1', '2'].map((k) => `    x = torch.relu(adj @ (x @ params[${k}]))`);
    await checkFix(functional(three.join('\n'), DRAWN), 'mean-aggregation', [
      ...three.map((line) => `- ${line}`),
      ...three.map(
        (line) => `+ ${line.replace('adj @', '(adj / adj.sum(-1, keepdim=True).clamp(min=1)) @')}`,
      ),
    ]);
    await checkNoFix(functional(three.slice(0, 2).join('\n'), DRAWN), 'mean-aggregation');
  });

  it('knows edges that are drawn, compared, listed, or written one by one', async () => {
    const found = async (adj: string) => {
      const analysis = (await pythonAnalyzer()).analyze('train.py', functional(LOOP, adj));
      assert.ok(analysis !== null);
      return neighbourSums(analysis.facts).length;
    };
    const made = (lines: string) =>
      lines
        .split('\n')
        .map((line) => `    ${line}`)
        .join('\n');
    for (const adj of [
      'a = torch.bernoulli(torch.full((n, n), 0.1))',
      'a = torch.zeros(n, n)\nfor i, j in edges:\n    a[i, j] = 1.0\n    a[j, i] = 1.0',
      'a = (torch.cdist(p, p) < 0.3).float() - torch.eye(n)',
      'a = torch.tensor([[0, 1, 1], [1, 0, 0], [1, 0, 0]]).float()',
      'a = (torch.rand(n, n) < 0.1).float()\na = torch.maximum(a, a.T)\na += torch.eye(n)',
      'a = torch.randint(0, 2, (n, n)).float() * (1 - torch.eye(n))',
    ]) {
      assert.equal(await found(made(adj)), 1, adj);
    }
    for (const adj of [
      'a = (torch.rand(n, n) < 0.1).float()\na = a / a.sum(1, keepdim=True)',
      'a = (torch.rand(n, n) < 0.1).float()\na /= a.sum(1, keepdim=True)',
      'a = (torch.rand(n, n) < 0.1).float()\na.div_(a.sum(1, keepdim=True))',
      'a = torch.zeros(n, n)\nfor i, j in edges:\n    a[i, j] = 1.0 / degree[i]',
      'a = (torch.rand(n, n) < 0.1).float()\nfor i in range(n):\n    a[i] /= a[i].sum()',
      'a = (torch.rand(n, n) < 0.1).float()\nd = a.sum(1).rsqrt()\na = d[:, None] * a * d[None, :]',
      'a = (torch.rand(n, n) < 0.1).float()\na = normalise(a)',
      'a = 0.1 * (torch.rand(n, n) < 0.1).float()',
      'a = torch.eye(n)',
      'a = torch.rand(n, n)',
      'a = torch.softmax(torch.randn(n, n), -1)',
      'a = torch.load("graph.pt")',
    ]) {
      assert.equal(await found(made(adj)), 0, adj);
    }
  });

  it('leaves alone what keeps its size, two layers, and a sum that something divides', async () => {
    for (const program of [
      modules({ count: '2' }),
      modules({ step: 'h = torch.tanh(conv(adj, h))' }),
      modules({ step: 'h = torch.relu(h + 0.1 * conv(adj, h))' }),
      modules({ layer: '(adj @ self.msg(h)) / adj.sum(-1, keepdim=True)' }),
      modules({ layer: 'nn.functional.layer_norm(adj @ self.msg(h), (8,))' }),
      modules({ adj: 'torch.softmax(torch.randn(n, n), -1)' }),
      modules({ adj: 'read_graph(n)' }),
    ]) {
      await checkNoFix(program, 'mean-aggregation');
    }
  });

  it('leaves a walk over the graph without weights alone', async () => {
    await checkNoFix(functional(`    for _ in range(9):\n        x = adj @ x`, DRAWN), 'mean-aggregation');
  });
});
