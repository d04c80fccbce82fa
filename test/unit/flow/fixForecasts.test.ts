import assert from 'node:assert/strict';
import { forecastFixes } from '../../../src/core/flow/fixForecasts';
import { forecastFlow } from '../../../src/core/flow/forecast';
import type { Finding, Fix } from '../../../src/core/rules/finding';
import { pythonAnalyzer } from '../python/analyzer';

const PROGRAM = `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(64, 64) for _ in range(19)])
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.sigmoid(layer(x))
        return self.out(x)
`;

async function weighed(change: (finding: Finding) => Finding = (f) => f) {
  const { read, analyze } = await pythonAnalyzer();
  const analysis = analyze('train.py', PROGRAM);
  const finding = analysis?.findings.find(({ rule }) => rule === 'sigmoid-stack');
  assert.ok(analysis && finding);
  const given = change(finding);
  const models = forecastFlow(analysis.facts).classes;
  return { given, fixes: forecastFixes(analysis.facts, given, models, read) };
}

describe('Fixes in code', () => {
  it('say what they would do to the flow of the model they stand in', async () => {
    const { fixes } = await weighed();
    const relu = fixes.find(({ title }) => /ReLU/.test(title));
    assert.match(relu?.forecastShort ?? '', /^first layer ×\de-1\d → ×(0\.\d+|\de-\d)$/);
    assert.match(relu?.forecast ?? '', /^expected gradient at the first layer/);
  });

  it('are ranked by it: one that brings the flow back comes before one that does not', async () => {
    const { fixes } = await weighed((finding) => {
      const [edit] = finding.fixes[0]?.edits ?? [];
      assert.ok(edit);
      const start = PROGRAM.split('\n').findIndex((line) => line.includes('torch.sigmoid')) + 1;
      const column = (PROGRAM.split('\n')[start - 1] ?? '').indexOf('torch.sigmoid') + 1;
      const replace = (title: string, newText: string): Fix => ({
        remedy: 'relu',
        title,
        safety: 'unsafe',
        preferred: false,
        path: 'train.py',
        edits: [{ line: start, column, endLine: start, endColumn: column + 'torch.sigmoid'.length, newText }],
      });
      // Half a sigmoid fades as fast, a scaled residual keeps the level.
      const half = replace('half', '0.5 * torch.sigmoid');
      const residual = replace('residual', 'x + 0.1 * torch.tanh');
      return { ...finding, fixes: [half, residual] };
    });
    assert.deepEqual(
      fixes.map(({ title }) => title),
      ['residual', 'half'],
    );
    assert.match(fixes[0]?.forecastShort ?? '', /→ ×[01]\.?\d*$/);
  });

  it('of the training loop say nothing of it', async () => {
    const { given, fixes } = await weighed((finding) => ({ ...finding, code: 'GI104' }));
    assert.deepEqual(fixes, given.fixes);
  });
});
