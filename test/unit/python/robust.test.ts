import * as assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { pythonAnalyzer } from './analyzer';

const FIXTURES = join(__dirname, '../../fixtures/python');

const HEAD = 'import torch\nfrom torch import nn\n';

/** Programs that no person writes: each made some part of the analysis take the square of its length, or worse. */
const HOSTILE: Readonly<Record<string, () => string>> = {
  'thousands of classes that build each other': () =>
    HEAD +
    Array.from(
      { length: 3000 },
      (_, i) => `class C${i}(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = ${i === 0 ? 'nn.Linear(3, 3)' : `C${i - 1}()`}
    def forward(self, x):
        return self.a(x)
`,
    ).join(''),
  'an open string of two megabytes': () =>
    `${HEAD}x = """\n${'some words = here (and there)\n'.repeat(70_000)}`,
  'an open string over definitions': () =>
    `${HEAD}class A(nn.Module):\n    """\n${'def f(x):\n    return x\n'.repeat(80_000)}`,
  'a loop of fifteen thousand statements': () =>
    `${HEAD}for x in range(10):\n${'    y = model(x)\n    loss = f(y)\n    loss.backward()\n'.repeat(5000)}    opt.step()\n`,
  'closing brackets only': () => `${HEAD}${')]}(\n'.repeat(100_000)}`,
  'comments over megabytes': () => `${HEAD}${'# nn.Linear("\n'.repeat(150_000)}`,
};

describe('Reading any text', () => {
  it('leaves files without a framework unparsed', async () => {
    const analyzer = await pythonAnalyzer();
    assert.strictEqual(analyzer.analyze('a.py', 'import numpy as np\nx = np.zeros(3)\n'), null);
    assert.strictEqual(analyzer.analyze('a.py', ''), null);
    assert.strictEqual(analyzer.analyze('a.py', '# torch is mentioned, not imported\n'), null);
  });

  it('never throws on programs cut or damaged anywhere', async () => {
    const analyzer = await pythonAnalyzer();
    const text = readFileSync(join(FIXTURES, 'models.py'), 'utf8');
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.nat(40),
        fc.constantFrom('', '(', ')', ':', '"""', '\n', '    ', 'self.', 'lambda', '\u{1F600}', '\0'),
        (at, removed, inserted) => {
          const damaged = text.slice(0, at) + inserted + text.slice(at + removed);
          const analysis = analyzer.analyze('a.py', damaged);
          assert.ok(analysis === null || analysis.facts.text === damaged);
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });

  it('survives nesting and lines no person writes', async () => {
    const analyzer = await pythonAnalyzer();
    const deep = `import torch\nx = ${'('.repeat(3000)}1${')'.repeat(3000)}\n`;
    const chain = `import torch\nx = ${'a + '.repeat(5000)}a\n`;
    const recursive = `import torch.nn as nn
class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = A()
        self.b = B()
class B(A):
    def __init__(self):
        super().__init__()
        self.items = [A() for _ in range(10**9)]
        while True:
            self.items.append(B())
def f(n=f):
    return f(f(n))
x = f(nn.Linear(1, 1))
nn = nn
`;
    for (const text of [deep, chain, recursive]) {
      const started = performance.now();
      analyzer.analyze('a.py', text);
      assert.ok(performance.now() - started < 5000);
    }
  });

  for (const [name, text] of Object.entries(HOSTILE)) {
    it(`gives up on ${name} in time, and says so`, async () => {
      const analyzer = await pythonAnalyzer();
      const before = process.cpuUsage();
      const analysis = analyzer.analyze('a.py', text());
      analysis?.facts.modules.length;
      const { user, system } = process.cpuUsage(before);
      // A quiet machine takes about a third of a second; unbounded, each took from six seconds to minutes.
      assert.ok((user + system) / 1e6 < 4, `${(user + system) / 1e6} s`);
      assert.deepStrictEqual(analysis?.facts.frameworks, ['torch']);
      assert.ok(analysis.cut !== null);
    });
  }

  it('reads a file with long comments, a long table of branches and a large literal in whole', async () => {
    const analyzer = await pythonAnalyzer();
    const text = `import torch
${'# commented out, line by line\n'.repeat(3000)}if kind == 0:
    rate = 0
${Array.from({ length: 2000 }, (_, i) => `elif kind == ${i}:\n    rate = ${i}\n`).join('')}
TABLE = [${'1.5, '.repeat(20_000)}]
p.require_grad = False
`;
    const analysis = analyzer.analyze('a.py', text);
    assert.strictEqual(analysis?.cut, null);
    const [finding] = analysis.findings;
    assert.strictEqual(finding?.rule, 'requires-grad-typo');
    assert.strictEqual(finding.range.line, text.split('\n').length - 1);
  });

  it('finds what stands before the part that is too much', async () => {
    const analyzer = await pythonAnalyzer();
    const text = `import torch\np.require_grad = False\n${'x = torch.relu(x)\n'.repeat(60_000)}`;
    const analysis = analyzer.analyze('a.py', text);
    assert.deepStrictEqual(
      analysis?.findings.map(({ rule }) => rule),
      ['requires-grad-typo'],
    );
    assert.ok(analysis.cut?.startsWith('too large'), String(analysis.cut));
  });

  it('counts columns in UTF-16 units, also after characters outside the basic plane', async () => {
    const analyzer = await pythonAnalyzer();
    const text = 'import torch\nname = "\u{1F600}"; p.require_grad = False\n';
    const finding = analyzer.analyze('a.py', text)?.findings[0];
    const line = text.split('\n')[1] ?? '';
    assert.strictEqual(
      line.slice((finding?.range.column ?? 0) - 1, (finding?.range.endColumn ?? 0) - 1),
      'require_grad',
    );
  });

  it('reads the classes around a broken one', async () => {
    const analyzer = await pythonAnalyzer();
    const text = readFileSync(join(FIXTURES, 'models.py'), 'utf8').replace(
      'self.inp = nn.Linear(2, width)',
      'self.inp = nn.Linear(2, (width',
    );
    const analysis = analyzer.analyze('a.py', text);
    assert.ok(analysis?.broken);
    const names = analysis.facts.classes.map((one) => one.name);
    assert.ok(
      names.includes('Stack') && names.includes('SharedActivation') && names.includes('Symmetric'),
      names.join(),
    );
    assert.ok(analysis.findings.some((finding) => finding.rule === 'modules-in-plain-list'));
  });
});
