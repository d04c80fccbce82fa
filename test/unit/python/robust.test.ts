import * as assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { pythonAnalyzer } from './analyzer';

const FIXTURES = join(__dirname, '../../fixtures/python');

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
