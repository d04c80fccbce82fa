import assert from 'node:assert/strict';
import { forecastFlow } from '../../../src/core/flow/forecast';
import type { FlowClass } from '../../../src/core/flow/report';
import { pythonAnalyzer } from '../python/analyzer';

const BLOCKS = `import torch
import torch.nn as nn

WIDTH = 64

class Dense(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.fc = nn.Linear(n_in, n_out)

    def forward(self, x):
        return torch.relu(self.fc(x))

def he(model):
    for m in model.modules():
        if isinstance(m, nn.Linear):
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
`;
function net(imports: string, end = ''): string {
  return `import torch.nn as nn
${imports}

class Net(nn.Module):
    def __init__(self, inputs=64, depth=15):
        super().__init__()
        self.first = Dense(inputs, WIDTH)
        self.hidden = nn.Sequential(*[Dense(WIDTH, WIDTH) for _ in range(depth)])
        self.out = nn.Linear(WIDTH, 10)
        ${end}

    def forward(self, x):
        return self.out(self.hidden(self.first(x)))
`;
}
const INIT = 'from .blocks import Dense, WIDTH, he\n';

type Files = Readonly<Record<string, string>>;

/** The forecasts of the first file, given the others. */
async function forecast(files: Files, alone = false): Promise<readonly FlowClass[]> {
  const { read } = await pythonAnalyzer();
  const facts = Object.entries(files).map(([path, text]) => {
    const source = read(path, text);
    assert.ok(source !== null, path);
    return source.facts;
  });
  const [own, ...modules] = facts;
  assert.ok(own !== undefined);
  return forecastFlow(own, alone ? {} : { modules }).classes;
}

const WAYS: readonly { readonly name: string; readonly files: Files }[] = [
  {
    name: 'a relative import',
    files: { 'pkg/net.py': net('from .blocks import Dense, WIDTH'), 'pkg/blocks.py': BLOCKS },
  },
  {
    name: 'an absolute import under another name',
    files: {
      'pkg/net.py': net('import pkg.blocks as b\nDense = b.Dense\nWIDTH = b.WIDTH'),
      'pkg/blocks.py': BLOCKS,
    },
  },
  {
    name: 'a star import',
    files: { 'net.py': net('from blocks import *'), 'blocks.py': BLOCKS },
  },
  {
    name: 'a package that hands on what it imports',
    files: {
      'net.py': net('from pkg import Dense, WIDTH'),
      'pkg/__init__.py': `import torch\n${INIT}`,
      'pkg/blocks.py': BLOCKS,
    },
  },
  {
    name: 'a class that is imported and built here',
    files: {
      'train.py': 'import torch\nfrom pkg.net import Net\n\nmodel = Net(64, 15)\n',
      'pkg/net.py': net('from .blocks import Dense, WIDTH'),
      'pkg/blocks.py': BLOCKS,
    },
  },
];

describe('forecast across files', () => {
  for (const { name, files } of WAYS) {
    it(`follows ${name}`, async () => {
      const [found] = await forecast(files);
      assert.equal(found?.class, 'Net');
      assert.equal(found?.confidence, 'high', found?.unknown.join());
      assert.equal(found?.verdict, 'vanishes');
      const first = found?.layers[0];
      assert.equal(first?.parameter, 'first.fc.weight');
      assert.equal(
        first?.path,
        Object.keys(files).find((path) => path.endsWith('blocks.py')),
      );
      assert.equal(first?.line, 9);
      const without = await forecast(files, true);
      assert.ok(without.every(({ verdict }) => verdict === 'unknown'));
    });
  }

  it('runs initialisers of another file', async () => {
    const [found] = await forecast({
      'pkg/net.py': net('from .blocks import Dense, WIDTH, he', 'he(self)'),
      'pkg/blocks.py': BLOCKS,
    });
    assert.equal(found?.verdict, 'stable');
    assert.equal(found?.confidence, 'high');
  });

  it('survives files that import each other in a circle, or a name that is not there', async () => {
    const circle = await forecast({
      'a.py': `from b import Dense, WIDTH\n${net('')}`,
      'b.py': 'import torch\nfrom a import Dense, WIDTH\n',
    });
    assert.ok(circle.every(({ verdict }) => verdict === 'unknown'));
    const missing = await forecast({ 'a.py': net('from b import Dense, WIDTH'), 'b.py': 'import torch\n' });
    assert.ok(missing.every(({ verdict }) => verdict === 'unknown'));
  });

  it('passes over what it cannot read in another file, and is less sure of it', async () => {
    const odd = BLOCKS.replace('return torch.relu(self.fc(x))', 'match x:\n            case _: return x');
    const [found] = await forecast({ 'net.py': net('from blocks import Dense, WIDTH'), 'blocks.py': odd });
    assert.equal(found?.confidence, 'low');
  });
});
