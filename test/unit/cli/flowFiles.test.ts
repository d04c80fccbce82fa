import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { flowOutput } from '../../../src/cli/flow';
import type { FlowReport } from '../../../src/core/flow/report';
import { pythonAnalyzer } from '../python/analyzer';

const FILES: Readonly<Record<string, string>> = {
  'train.py': 'import torch\nfrom pkg.net import Net\n\nmodel = Net(10)\n',
  'pkg/__init__.py': '',
  'pkg/net.py': `import torch.nn as nn
from .layers.dense import Dense

class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.hidden = nn.Sequential(*[Dense(32) for _ in range(depth)])
        self.out = nn.Linear(32, 4)

    def forward(self, x):
        return self.out(self.hidden(x))
`,
  'pkg/layers/__init__.py': '',
  'pkg/layers/dense.py': `import torch.nn as nn

class Dense(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.fc(x))
`,
};

describe('flow of a program of several files', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flow-files-'));
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const outputOf = async (format: 'text' | 'json') =>
    (await flowOutput(
      {
        path: join(folder, 'train.py'),
        className: null,
        sequenceLength: null,
        batchSize: null,
        format,
        onNote: () => undefined,
      },
      await pythonAnalyzer(),
    )) ?? '';

  it('reads the files beside it that it imports', async () => {
    const report = JSON.parse(await outputOf('json')) as FlowReport;
    const [net] = report.classes;
    assert.equal(report.path, join(folder, 'train.py'));
    assert.equal(net?.class, 'Net');
    assert.equal(net?.layers.filter(({ matrix }) => matrix).length, 11);
    assert.match(net?.layers[0]?.path ?? '', /dense\.py$/);
    assert.equal(net?.layers[0]?.line, 6);
  });

  it('names the file of a line that is not in the program itself', async () => {
    assert.match(await outputOf('text'), /hidden\.0\.fc\.weight +dense\.py:6 /);
  });
});
