import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinRunWithSources } from '../../../src/core/link/join';
import { REMEDIES } from '../../../src/core/remedies/registry';
import { pythonAnalyzer } from '../python/analyzer';
import { gradientLog, runOf } from './runOf';

const PROGRAM = `import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.fc1 = nn.Linear(2, width)
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(9)])
        self.blocks = nn.Sequential(OrderedDict([("a+b(", nn.Linear(width, width)), ("[", nn.Sigmoid())]))
        nn.init.normal_(self.fc1.weight, std=1.0)
    def forward(self, x):
        x = torch.sigmoid(self.fc1(x))
        for layer in self.layers:
            x = torch.sigmoid(layer(x))
        return torch.log(self.blocks(x))
model = Net()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in loader:
    loss = (model(x) - y).pow(2).mean()
    loss.backward()
    opt.step()
`;

describe('remedies and joins', () => {
  it('never throw, whatever is cut out of a program', async () => {
    const analyzer = await pythonAnalyzer();
    const run = await runOf('a.jsonl', gradientLog({ 'fc1.weight': () => 1, '[.(+': () => 2 }));
    fc.assert(
      fc.property(fc.nat(PROGRAM.length), fc.nat(60), (from, length) => {
        const text = PROGRAM.slice(0, from) + PROGRAM.slice(from + length);
        const analysis = analyzer.analyze('train.py', text);
        if (analysis !== null) {
          for (const remedy of REMEDIES) {
            remedy.fixes?.(analysis.facts, { parameters: ['fc1.weight', '[.(+'], line: null });
          }
          assert.ok(joinRunWithSources(run, [], [analysis]).links.length <= 2);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
