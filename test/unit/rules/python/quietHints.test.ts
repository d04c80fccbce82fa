import assert from 'node:assert/strict';
import { pythonAnalyzer } from '../../python/analyzer';

/** A program that trains, with `lines` before its loop. */
const training = (
  lines: string,
  optimizer = 'torch.optim.SGD(model.parameters(), lr=0.01)',
  loss = 'F.mse_loss(model(x), y)',
) => `import torch
import torch.nn as nn
import torch.nn.functional as F

x = torch.randn(64, 8)
y = torch.randn(64, 1)
${lines}
model = nn.Linear(8, 1)
optimizer = ${optimizer}
for step in range(500):
    optimizer.zero_grad()
    loss = ${loss}
    loss.backward()
    optimizer.step()
`;

/** A head whose scores are `scores`. */
const attending = (scores: string, query = 'self.q(x)') => `import torch
import torch.nn as nn
import torch.nn.functional as F

class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.scale = dim ** -0.5
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim)

    def forward(self, x, mask):
        q, k = ${query}, self.k(x)
        scores = ${scores}
        scores = scores.masked_fill(mask, float("-inf"))
        return scores.softmax(-1) @ x
`;

/** Layers, four unless told otherwise, that sum over neighbours by `adj`. */
const aggregating = (adj: string, layers = '4') => `import torch
import torch.nn as nn

class Conv(nn.Module):
    def __init__(self):
        super().__init__()
        self.msg = nn.Linear(8, 8)

    def forward(self, adj, h):
        return torch.relu(adj @ self.msg(h))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([Conv() for _ in range(${layers})])

    def forward(self, adj, h):
        for conv in self.convs:
            h = conv(adj, h)
        return h

edges = (torch.rand(64, 64) < 0.1).float()
net = Net()
out = net(${adj}, torch.randn(64, 8))
`;

async function rulesOf(text: string): Promise<readonly string[]> {
  return (await pythonAnalyzer()).analyze('train.py', text)?.findings.map(({ rule }) => rule) ?? [];
}

describe('hints that keep quiet', () => {
  for (const [what, text, rule, fires] of [
    ['a fill value', training('x[3] = -999.0'), 'outlier-in-data', true],
    [
      'a unit mixed up now and then',
      training('if len(x) % 9 == 0:\n    x = x * 1000.0'),
      'outlier-in-data',
      true,
    ],
    ['an index that the loss leaves out', training('y[3] = -100'), 'outlier-in-data', false],
    ['a size that is put right', training('if x.max() <= 1:\n    x = x * 255'), 'outlier-in-data', false],
    ['a setting', training('cfg = {}\ncfg["steps"] = 1000'), 'outlier-in-data', false],
    ['class indices', training('t = torch.randint(0, 9, (4,))\nt[0] = 500'), 'outlier-in-data', false],
    ['bare scores', attending('q @ k.transpose(-2, -1)'), 'attention-scale', true],
    ['scores at a tiny temperature', attending('(q * k).sum(-1) / 0.002'), 'attention-scale', true],
    ['scaled scores', attending('q @ k.transpose(-2, -1) * self.scale'), 'attention-scale', false],
    [
      'scores over a root',
      attending('q @ k.transpose(-2, -1) / q.size(-1) ** 0.5'),
      'attention-scale',
      false,
    ],
    ['sums over neighbours', aggregating('edges'), 'neighbour-sum', true],
    ['means over neighbours', aggregating('edges / edges.sum(1, keepdim=True)'), 'neighbour-sum', false],
    ['two sums over neighbours', aggregating('edges', '2'), 'neighbour-sum', false],
    ['sums in a number of layers that is not known', aggregating('edges', 'depth()'), 'neighbour-sum', false],
    ['scaled queries', attending('q @ k.mT', 'self.q(x) * self.scale'), 'attention-scale', false],
    ['normalised queries', attending('q @ k.mT', 'F.normalize(self.q(x), dim=-1)'), 'attention-scale', false],
    ['a usual temperature', attending('(q * k).sum(-1) / 0.1'), 'attention-scale', false],
    [
      'a summed loss',
      training('', undefined, 'F.mse_loss(model(x), y, reduction="sum")'),
      'summed-loss',
      false,
    ],
    [
      'a summed loss at a rate for means',
      training(
        '',
        'torch.optim.SGD(model.parameters(), lr=0.05)',
        'F.mse_loss(model(x), y, reduction="sum")',
      ),
      'summed-loss',
      true,
    ],
    [
      'a summed loss of Adam',
      training(
        '',
        'torch.optim.Adam(model.parameters(), lr=0.05)',
        'F.mse_loss(model(x), y, reduction="sum")',
      ),
      'summed-loss',
      false,
    ],
    [
      'one rate of two groups',
      training('', 'torch.optim.SGD([{"params": model.parameters(), "lr": 0.9}], lr=0.01)'),
      'learning-rate-too-large',
      true,
    ],
    [
      'groups of usual rates',
      training('', 'torch.optim.SGD([{"params": model.parameters(), "lr": 0.01}], lr=0.9)'),
      'learning-rate-too-large',
      false,
    ],
  ] as const) {
    it(`${fires ? 'sees' : 'leaves alone'} ${what}`, async () => {
      assert.equal((await rulesOf(text)).includes(rule), fires);
    });
  }
});
