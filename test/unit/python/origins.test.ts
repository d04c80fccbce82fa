/** Values followed from their use back to where they are made. */
import { strict as assert } from 'node:assert';
import { isPlainAdjacency } from '../../../src/core/python/adjacency';
import { inputsOf, targetsOf } from '../../../src/core/python/dataTrace';
import type { PythonFacts } from '../../../src/core/python/facts';
import { magnitudeOf } from '../../../src/core/python/magnitude';
import { rankOf } from '../../../src/core/python/ranks';
import type { Expr } from '../../../src/core/python/syntax/ast';
import { pythonAnalyzer } from './analyzer';

async function factsOf(...lines: readonly string[]): Promise<PythonFacts> {
  const text = `import torch\nfrom torch import nn\n${lines.join('\n')}\n`;
  const analysis = (await pythonAnalyzer()).analyze('train.py', text);
  assert.ok(analysis);
  return analysis.facts;
}

/** What the program calls `ask(…)` with, in order. */
function asked(facts: PythonFacts): readonly Expr[] {
  return facts.source.callsNamed('ask').flatMap(({ call }) => call.args.map(({ value }) => value));
}

async function ranks(...lines: readonly string[]): Promise<readonly (number | null)[]> {
  const facts = await factsOf(...lines);
  return asked(facts).map((expr) => rankOf(facts, expr));
}

describe('where values come from', () => {
  it('follows loops over data sets, numbered or zipped, to the right tensor', async () => {
    assert.deepEqual(
      await ranks(
        'xs, ys = torch.randn(90, 4), torch.randn(90)',
        'loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(xs, ys), batch_size=8)',
        'for i, (x, y) in enumerate(loader):',
        '    ask(x, y)',
        'for one, other in zip(xs, ys):',
        '    ask(one, other)',
        'a, b = next(iter(loader))',
        'ask(a, b)',
      ),
      [2, 1, 1, 0, 2, 1],
    );
  });

  it('takes the element that a nested target names', async () => {
    const found = await ranks(
      'def load():',
      '    return (torch.randn(8), torch.randn(8, 3)), torch.randn(8, 3, 5)',
      '(a, b), c = load()',
      'ask(a, b, c)',
    );
    assert.deepEqual(found, [1, 2, 3]);
  });

  it('follows what a model is called with into its forward', async () => {
    const found = await ranks(
      'class Net(nn.Module):',
      '    def forward(self, x, mask=None):',
      '        ask(x, mask)',
      '        return x',
      'net = Net()',
      'net(torch.randn(8, 3))',
      'net(torch.randn(4, 3))',
    );
    assert.deepEqual(found, [2, null]);
  });

  it('says nothing of values made of themselves or of what stars hide', async () => {
    assert.deepEqual(
      await ranks(
        'x = torch.randn(8, 3)',
        'while True:',
        '    x = x.unsqueeze(0)',
        '    a, b = b, a',
        '    first, second = [*xs, 1]',
        '    ask(x, a, second)',
      ),
      [null, null, null],
    );
  });

  it('sees the value that stands before a use where it asks for the size', async () => {
    const facts = await factsOf('x = 300 * torch.rand(8)', 'x = x / 100', 'ask(x)', 'x = x * 7000', 'ask(x)');
    assert.deepEqual(
      asked(facts).map((expr) => magnitudeOf(facts, expr)),
      [3, 21000],
    );
  });

  it('finds the tensor behind a nested loop target, and no data set in its place', async () => {
    const facts = await factsOf(
      'net = nn.Linear(4, 1)',
      'optimizer = torch.optim.SGD(net.parameters(), lr=0.1)',
      'xs = torch.randn(90, 4)',
      'ys = 4000 * torch.rand(90, 1)',
      'loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(xs, ys), batch_size=8)',
      'for i, (x, y) in enumerate(loader):',
      '    loss = nn.functional.mse_loss(net(x), y)',
      '    optimizer.zero_grad()',
      '    loss.backward()',
      '    optimizer.step()',
    );
    const made = [...inputsOf(facts), ...targetsOf(facts)].map((one) => [
      facts.textOf(facts.rangeOf(one.expr)),
      one.made?.variable,
    ]);
    assert.deepEqual(made, [
      ['torch.randn(90, 4)', 'xs'],
      ['4000 * torch.rand(90, 1)', 'ys'],
    ]);
  });

  it('ends soon where each line doubles the way', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `x${i + 1} = x${i} + x${i}`);
    const facts = await factsOf('x0 = torch.rand(3)', ...lines, 'ask(x40)');
    const [expr] = asked(facts);
    const start = process.cpuUsage();
    assert.equal(magnitudeOf(facts, expr!), null);
    assert.equal(rankOf(facts, expr!), null);
    assert.equal(isPlainAdjacency(facts, expr!), false);
    const { user } = process.cpuUsage(start);
    assert.ok(user < 500_000, `${user / 1000} ms`);
  });
});
