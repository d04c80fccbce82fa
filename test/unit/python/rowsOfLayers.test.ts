import * as assert from 'node:assert';
import { classOutput } from '../../../src/core/python/classOutput';
import { endsInPlainLayer } from '../../../src/core/python/plainOutput';
import { pythonAnalyzer } from './analyzer';

const HEAD = `from torch import nn

class Block(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.act = nn.ReLU()

`;

/** Paths, types and first arguments of all layers of `Net`, whose constructor holds the given lines. */
async function layersOf(...lines: readonly string[]): Promise<string[]> {
  const body = ['super().__init__()', ...lines].map((line) => `        ${line}\n`).join('');
  const text = `${HEAD}class Net(nn.Module):\n    def __init__(self):\n${body}`;
  const facts = (await pythonAnalyzer()).analyze('net.py', text)?.facts;
  const instances = facts?.classNamed('Net')?.instances ?? [];
  return instances.map(({ path, entry, values }) => `${path} ${entry.type} ${values[0] ?? ''}`.trim());
}

function block(path: string, width: number | ''): string[] {
  return [
    `${path} Block ${width}`.trim(),
    `${path}.fc nn.Linear ${width === '' ? 8 : width}`,
    `${path}.act nn.ReLU`,
  ];
}

describe('Rows of equal layers', () => {
  it('are written out one by one', async () => {
    assert.deepStrictEqual(await layersOf('self.row = nn.ModuleList([Block(4) for _ in range(3)])'), [
      'row nn.ModuleList',
      ...[0, 1, 2].flatMap((index) => block(`row.${index}`, 4)),
    ]);
  });

  it('keep what differs from one to the next', async () => {
    assert.deepStrictEqual(await layersOf('self.row = nn.ModuleList([Block(w) for w in (4, 4, 6, 4)])'), [
      'row nn.ModuleList',
      ...[4, 4, 6, 4].flatMap((width, index) => block(`row.${index}`, width)),
    ]);
  });

  it('keep what is changed in one of them afterwards', async () => {
    const found = await layersOf(
      'self.row = nn.Sequential(*[Block() for _ in range(3)])',
      'self.row[1].act = nn.Tanh()',
    );
    assert.deepStrictEqual(found, [
      'row nn.Sequential',
      ...block('row.0', ''),
      'row.1 Block',
      'row.1.fc nn.Linear 8',
      'row.1.act nn.Tanh',
      ...block('row.2', ''),
    ]);
  });
});

/** A model whose forward ends with the given lines, with more lines in its constructor. */
function ending(lines: string, more = ''): string {
  return `${HEAD}class Net(nn.Module):
    def __init__(self, flag=False):
        super().__init__()
        self.body = nn.Linear(8, 8)
        self.act = nn.ReLU()
        self.head = nn.Linear(8, 2)
${more}
    def forward(self, x):
        x = self.act(self.body(x))
${lines}
`;
}

const PLAIN = ending('        return self.head(x)');
const OTHERS: readonly (readonly [string, string])[] = [
  ['an activation', ending('        return self.act(self.head(x))')],
  ['another return', ending('        if x is None:\n            return x\n        return self.head(x)')],
  ['a return in a branch', ending('        if x is not None:\n            return self.head(x)')],
  ['two values for the layer', ending('        return self.head(x)', '        self.head = nn.ReLU()\n')],
  [
    'a layer that is made in a branch',
    ending('        return self.last(x)', '        if flag:\n            self.last = nn.Linear(8, 2)\n'),
  ],
  [
    'a method',
    ending('        return self.last(x)\n\n    def last(self, x):\n        return self.act(self.head(x))'),
  ],
  [
    'a container',
    ending('        return self.tail(x)', '        self.tail = nn.Sequential(nn.Linear(8, 2), nn.ReLU())\n'),
  ],
];

describe('A model that ends in a plain layer', () => {
  it('is told from its text, and has no activation at its output', async () => {
    const facts = (await pythonAnalyzer()).analyze('net.py', PLAIN)?.facts;
    const owner = facts?.classNamed('Net');
    const scope = facts?.source.classNamed('Net');
    assert.ok(facts && owner && scope && endsInPlainLayer(facts.source, scope));
    assert.strictEqual(classOutput(owner, owner.range), null);
  });

  for (const [what, text] of OTHERS) {
    it(`is not told where there is ${what}`, async () => {
      const facts = (await pythonAnalyzer()).analyze('net.py', text)?.facts;
      const scope = facts?.source.classNamed('Net');
      assert.ok(facts && scope);
      assert.strictEqual(endsInPlainLayer(facts.source, scope), false);
    });
  }
});
