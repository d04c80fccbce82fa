import assert from 'node:assert/strict';
import { forecastFlow } from '../../../src/core/flow/forecast';
import { flowHeadline, formatFlowText, layerSentence } from '../../../src/core/flow/text';
import { pythonAnalyzer } from '../python/analyzer';
import { forecastOf, stack } from './forecastOf';

const he = "nn.init.kaiming_normal_(m.weight, nonlinearity='relu'); nn.init.zeros_(m.bias)";

describe('forecast of plain stacks', () => {
  // Factor per layer in the middle of the stack, where neither input nor output matters.
  const cases: readonly (readonly [string, string, number])[] = [
    ['default ReLU loses √(1/6) a layer', stack(20, 'ReLU'), Math.sqrt(1 / 6)],
    ['He initialisation keeps ReLU level', stack(20, 'ReLU', `${he}`), 1],
    ['default sigmoid loses √(1/3)/4 and its slope', stack(20, 'Sigmoid'), 0.1415],
    [
      'tiny weights without biases are level',
      stack(12, 'Tanh', 'nn.init.normal_(m.weight, std=0.01); nn.init.zeros_(m.bias)'),
      1,
    ],
  ];
  for (const [name, program, factor] of cases) {
    it(name, async () => {
      const c = await forecastOf(program);
      const matrices = c.layers.filter((l) => l.matrix);
      const a = matrices[6]!;
      const b = matrices[7]!;
      const ratio = 10 ** (a.log10 - b.log10);
      // The activations' own decay acts in the other direction, so a homogeneous net is level without biases.
      assert.ok(Math.abs(ratio - factor) < 0.12 * factor, `${ratio} for ${factor}`);
    });
  }

  const verdicts: readonly (readonly [string, string, string])[] = [
    ['deep default ReLU', stack(20, 'ReLU'), 'vanishes'],
    ['deep He ReLU', stack(20, 'ReLU', he), 'stable'],
    ['three sigmoids', stack(5, 'Sigmoid'), 'vanishes'],
    ['huge tanh', stack(20, 'Tanh', 'm.weight.data.normal_(0, 0.5)'), 'explodes'],
    ['shallow', stack(3, 'GELU'), 'stable'],
  ];
  for (const [name, program, verdict] of verdicts) {
    it(`${name}: ${verdict}`, async () => assert.equal((await forecastOf(program)).verdict, verdict));
  }
});

describe('forecast of programs', () => {
  it('names every parameter with its line, in model order', async () => {
    const c = await forecastOf(`import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(8, 3)
        self.body = nn.ModuleList([nn.Linear(8, 8) for _ in range(2)])

    def forward(self, x):
        for layer in self.body:
            x = torch.relu(layer(x))
        return self.head(x)
`);
    assert.deepEqual(
      c.layers.map((l) => [l.parameter, l.line]),
      [
        ['head.weight', 7],
        ['head.bias', 7],
        ['body.0.weight', 8],
        ['body.0.bias', 8],
        ['body.1.weight', 8],
        ['body.1.bias', 8],
      ],
    );
    assert.equal(c.reference, 'head.weight');
    assert.equal(c.confidence, 'high');
  });

  it('finds the image size a flattened layer needs', async () => {
    const c = await forecastOf(`import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5)
        self.fc = nn.Linear(8 * 12 * 12, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv(x)), 2)
        return self.fc(x.view(x.size(0), -1))
`);
    assert.ok(
      c.assumptions.some((a) => a.includes('28×28')),
      c.assumptions.join(),
    );
    assert.equal(c.coverage, 1);
  });

  it('tells how the gradient fades over time although parameters keep theirs', async () => {
    const program = `import torch.nn as nn

class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(16, 64, batch_first=True)
        self.out = nn.Linear(64, 4)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h[:, -1])
`;
    const c = await forecastOf(program, { sequenceLength: 30 });
    assert.equal(c.verdict, 'stable');
    assert.equal(c.overTime.length, 1);
    assert.ok(c.overTime[0]!.log10 < -6, String(c.overTime[0]!.log10));
    const short = await forecastOf(program, { sequenceLength: 5 });
    assert.ok(short.overTime[0]!.log10 > -2);
  });

  it('names weights that get exactly no gradient', async () => {
    const c = await forecastOf(`import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(8, 8)
        self.b = nn.Linear(8, 8)
        nn.init.zeros_(self.b.weight)
        self.c = nn.Linear(8, 4)

    def forward(self, x):
        return self.c(x + self.b(torch.tanh(self.a(x))))
`);
    assert.ok(
      c.unknown.some((u) => u.startsWith('a.weight') && u.includes('exactly zero')),
      c.unknown.join(),
    );
  });

  it('says what it cannot read', async () => {
    const c = await forecastOf(`import torch.nn as nn
from elsewhere import Backbone

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = Backbone(12)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        return self.head(self.backbone(x))
`);
    assert.ok(c.unknown.length > 0);
    assert.notEqual(c.confidence, 'high');
  });

  it('reads models without a class and initialisation after the fact', async () => {
    const program = (init: string) => `import torch.nn as nn

model = nn.Sequential(*[m for _ in range(15) for m in (nn.Linear(64, 64), nn.ReLU())], nn.Linear(64, 2))
${init}
`;
    const plain = await forecastOf(program(''));
    const repaired = await forecastOf(
      program('for m in model:\n    if isinstance(m, nn.Linear):\n        nn.init.kaiming_normal_(m.weight)'),
    );
    assert.equal(plain.verdict, 'vanishes');
    assert.equal(repaired.verdict, 'stable');
  });
});

describe('Python that models are written in', () => {
  const net = (head: string, init: string, forward: string, tail = '') => `import argparse
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
from collections import OrderedDict
from einops import rearrange
${head}
class Net(nn.Module):
    def __init__(self, width=32, depth=4):
        super().__init__()
${init.replace(/^/gm, '        ')}

    def forward(self, x):
${forward.replace(/^/gm, '        ')}
${tail}
`;
  // [name, program, number of weight matrices]
  const programs: readonly (readonly [string, string, number])[] = [
    [
      'setattr and getattr by formatted names',
      net(
        '',
        'for i in range(depth):\n    setattr(self, f"fc{i}", nn.Linear(width, width))',
        'for i in range(4):\n    x = torch.relu(getattr(self, "fc%d" % i)(x))\nreturn x',
      ),
      4,
    ],
    [
      'slices that walk backwards',
      net(
        'SIZES = [32, 16, 8]',
        'pairs = list(zip(SIZES, SIZES[1:])) + list(zip(SIZES[:0:-1], SIZES[-2::-1]))\nself.net = nn.Sequential(*[nn.Linear(a, b) for a, b in pairs])',
        'return self.net(x)',
      ),
      4,
    ],
    [
      'a type compared with its class',
      net(
        '',
        'self.a = nn.Linear(32, 32)\nself.b = nn.Linear(32, 2)\nfor m in self.modules():\n    if type(m) == nn.Linear:\n        nn.init.zeros_(m.bias)',
        'return self.b(self.a(x).tanh())',
      ),
      2,
    ],
    [
      'options of the command line',
      net(
        '',
        'self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])',
        'for layer in self.layers:\n    x = F.gelu(layer(x))\nreturn x',
        `
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--depth", type=int, default=7)
    args = parser.parse_args()
    model = Net(depth=args.depth)
`,
      ),
      7,
    ],
    [
      'attention with rearrange and einsum',
      net(
        '',
        'self.qkv = nn.Linear(width, 3 * width, bias=False)\nself.out = nn.Linear(width, width)',
        `b, n, _, h = *x.shape, 4
q, k, v = map(lambda t: rearrange(t, 'b n (h d) -> b h n d', h=h), self.qkv(x).chunk(3, dim=-1))
a = torch.einsum('b h i d, b h j d -> b h i j', q, k) / math.sqrt(8)
y = torch.einsum('b h i j, b h j d -> b h i d', a.softmax(dim=-1), v)
return self.out(rearrange(y, 'b h n d -> b n (h d)'))`,
      ),
      2,
    ],
    [
      'parameters of its own and a helper that wraps',
      net(
        'def block(n, k=2):\n    return nn.Sequential(OrderedDict([(f"lin{j}", nn.Linear(n, n)) for j in range(k)]))\n',
        'self.w = nn.Parameter(torch.randn(width, width) / math.sqrt(width))\nself.body = block(width)',
        'return self.body(x @ self.w)',
      ),
      3,
    ],
  ];
  for (const [name, program, matrices] of programs) {
    it(name, async () => {
      const c = await forecastOf(program);
      assert.deepEqual(c.unknown, []);
      assert.equal(c.layers.filter((l) => l.matrix).length, matrices);
      assert.equal(c.coverage, 1);
      assert.equal(c.confidence, 'high');
    });
  }
});

describe('forecast of anything', () => {
  const program = stack(6, 'ReLU', he);
  it('survives every cut of a program', async () => {
    const analyzer = await pythonAnalyzer();
    for (let end = 20; end < program.length; end += 23) {
      const analysis = analyzer.analyze('cut.py', program.slice(0, end));
      if (analysis !== null) assert.equal(forecastFlow(analysis.facts).version, 1);
    }
  });

  const hostile: readonly (readonly [string, string])[] = [
    ['endless loop', 'while True:\n            self.x = nn.Linear(2, 2)'],
    ['endless recursion', 'self.sub = Net()'],
    ['huge range', 'self.layers = [nn.Linear(4, 4) for _ in range(10 ** 9)]'],
    ['raises', 'raise ValueError("no")'],
  ];
  for (const [name, line] of hostile) {
    it(`ends on ${name}`, async () => {
      const c = await forecastOf(`import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        ${line}

    def forward(self, x):
        return x
`);
      assert.equal(c.verdict, 'unknown');
      assert.ok(c.unknown.length > 0);
    });
  }
});

describe('code that is written to keep a reader busy', () => {
  const net = stack(3, 'ReLU');
  const diamonds = Array.from(
    { length: 40 },
    (_, i) => `class A${i + 1}(A${i}, B${i}): pass\nclass B${i + 1}(A${i}, B${i}): pass\n`,
  ).join('');
  const cases: readonly (readonly [string, string])[] = [
    ['a kernel of a billion taps', `${net}\nconv = nn.Conv2d(3, 3, 10 ** 9)\n`],
    ['classes with more lines of descent than atoms', `${net}\nclass A0: pass\nclass B0: pass\n${diamonds}`],
    ['twenty thousand statements', `${net}\n${'x = 1\n'.repeat(20_000)}`],
  ];
  for (const [name, program] of cases) {
    it(`${name}: forecast of the model all the same, soon`, async () => {
      const analysis = (await pythonAnalyzer()).analyze('model.py', program);
      assert.ok(analysis !== null);
      const start = process.cpuUsage();
      const { classes } = forecastFlow(analysis.facts);
      const { user, system } = process.cpuUsage(start);
      assert.ok(classes.some(({ layers }) => layers.length > 0));
      assert.ok(user + system < 2e6, `${(user + system) / 1e6} s`);
    });
  }
});

describe('forecast as text', () => {
  it('shows a table with bars and what was assumed', async () => {
    const c = await forecastOf(stack(20, 'ReLU'));
    const text = formatFlowText({ version: 1, path: 'model.py', classes: [c] });
    assert.match(text, /model\.py:4 Net: vanishes ×\de-6 over 20 layers/);
    assert.match(text, /body\.0\.weight .*█+│/);
    assert.match(text, /assumed: input x: unit variance/);
    assert.match(flowHeadline(c), /^gradient flow: vanishes ×/);
    assert.match(
      layerSentence(c, c.layers[0]!),
      /×\de-6 of body\.38\.weight's; per layer ×0\.\d+; default initialisation/,
    );
  });

  it('says when there is no model', () => {
    assert.match(formatFlowText({ version: 1, path: 'a.py', classes: [] }), /no model/);
  });
});
