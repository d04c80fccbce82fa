import { neighbourSums } from '../../python/neighbourSums';
import { meanAggregation } from '../../remedies/edits/meanAggregation';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI213',
  name: 'neighbour-sum',
  title: 'Stacked layers sum over neighbours',
  severity: 'hint',
  subject: 'python',
  remedies: ['mean-aggregation'],
  doc: {
    sees: 'Three or more layers in a row that multiply by an adjacency (`adj @ self.msg(h)`, `matmul`, `mm`, `bmm`, `einsum`) which the code makes of comparisons, draws or ones at the edges and never divides, or that add gathered messages to zeros by `index_add` or `scatter_add`, where nothing normalises, bounds or scales what they make.',
    why: 'Each such layer multiplies the signal, and the gradient on its way back, by about the degree of the graph: after a few of them both are too large to train.',
    reference: {
      title: 'Kipf & Welling 2017, Semi-supervised classification with graph convolutional networks',
      url: 'https://arxiv.org/abs/1609.02907',
    },
    whenWrong:
      'A graph with one or two neighbours for each node grows little, weights may be drawn small on purpose, and sums tell apart graphs that averages do not.',
    example: `import torch
import torch.nn as nn

class Conv(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.own = nn.Linear(dim, dim)
        self.msg = nn.Linear(dim, dim)

    def forward(self, adj, h):
        return self.own(h) + adj @ self.msg(h)

class GraphNet(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.convs = nn.ModuleList([Conv(dim) for _ in range(6)])

    def forward(self, adj, h):
        for conv in self.convs:
            h = torch.relu(conv(adj, h))
        return h

adj = (torch.rand(200, 200) < 0.1).float()
net = GraphNet(32)
out = net(adj, torch.randn(200, 32))
`,
    better: `import torch
import torch.nn as nn

class Conv(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.own = nn.Linear(dim, dim)
        self.msg = nn.Linear(dim, dim)

    def forward(self, adj, h):
        return self.own(h) + (adj / adj.sum(-1, keepdim=True).clamp(min=1)) @ self.msg(h)

class GraphNet(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.convs = nn.ModuleList([Conv(dim) for _ in range(6)])

    def forward(self, adj, h):
        for conv in self.convs:
            h = torch.relu(conv(adj, h))
        return h

adj = (torch.rand(200, 200) < 0.1).float()
net = GraphNet(32)
out = net(adj, torch.randn(200, 32))
`,
  },
};

export const neighbourSum: PythonRule = {
  meta,
  check(facts) {
    const fixes = meanAggregation(facts);
    return neighbourSums(facts).flatMap(({ range, layers }) =>
      layers === null
        ? []
        : [
            finding(meta, {
              message: `${layers} layers in a row sum over neighbours with an adjacency that nothing normalises: signal and gradient grow with its degree in each.`,
              range,
              evidence: { layers },
              fixes: fixes.filter(({ edits }) => edits.some((edit) => edit.line === range.line)),
            }),
          ],
    );
  },
};
