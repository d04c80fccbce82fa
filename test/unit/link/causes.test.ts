import assert from 'node:assert/strict';
import { joinRunWithSources } from '../../../src/core/link/join';
import type { LogFinding } from '../../../src/core/rules/finding';
import { pythonAnalyzer } from '../python/analyzer';
import { runOf } from './runOf';

/** A log of norms of the whole model that are as usual until the end. */
const QUIET = Array.from(
  { length: 60 },
  (_, step) => `${JSON.stringify({ step, loss: 1.4, grad_norm: 0.5 + 0.001 * (step % 7) })}\n`,
).join('');

/** Lines of the code that a finding of this rule is led back to, with the first remedy. */
async function causesOf(
  rule: string,
  text: string,
  step = 30,
  more: Partial<LogFinding> = {},
  log = QUIET,
): Promise<{
  readonly lines: readonly number[];
  readonly first: string | undefined;
  readonly remedies: readonly string[];
}> {
  const analysis = (await pythonAnalyzer()).analyze('train.py', text);
  assert.ok(analysis !== null);
  const finding: LogFinding = {
    code: 'GI000',
    rule,
    severity: 'error',
    message: 'seen',
    range: { line: 1, column: 1, endLine: 1, endColumn: 2 },
    evidence: {},
    remedies: ['clip-grad-norm', 'lower-lr'],
    fixes: [],
    related: [],
    step,
    endStep: null,
    parameters: [],
    series: [],
    ...more,
  };
  const [joined] = joinRunWithSources(await runOf('run.jsonl', log), [finding], [analysis]).findings;
  return {
    lines: (joined?.related ?? []).filter(({ role }) => role === 'cause').map(({ range }) => range.line),
    first: joined?.remedies[0],
    remedies: joined?.remedies ?? [],
  };
}

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

const program = (body: string, start = '', data = 'x = torch.randn(600, 24)'): string => `import math
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(24, 24)
        self.fc2 = nn.Linear(24, 4)
${start}
    def forward(self, x):
${body}

${data}
y = torch.randint(0, 4, (600,))
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(60):
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`;
const PLAIN = '        return self.fc2(torch.relu(self.fc1(x)))';

describe('causes of a symptom in the code', () => {
  it('blames a mask of minus infinity for a sudden NaN, and not a causal one', async () => {
    const body = (mask: string) => `        s = self.fc1(x).masked_fill(${mask}, float("-inf"))
        return self.fc2(torch.softmax(s, 1) * x)`;
    const text = program(body('x < 0'));
    const masked = await causesOf('non-finite', text);
    assert.equal(masked.lines[0], lineOf(text, 's = self.fc1'));
    assert.equal(masked.first, 'finite-mask');
    assert.notEqual((await causesOf('non-finite', program(body('torch.triu(x) > 0')))).first, 'finite-mask');
    assert.ok(!(await causesOf('gradient-spike', text)).lines.includes(lineOf(text, 's = self.fc1')));
  });

  it('does not clip first where NaN comes without a large norm before it', async () => {
    assert.equal((await causesOf('non-finite', program(PLAIN))).first, 'skip-bad-batch');
    assert.equal((await causesOf('gradient-spike', program(PLAIN))).first, 'clip-grad-norm');
  });

  const ofSoftmax = (lr: string, inner: string): string =>
    program('        return torch.softmax(self.fc2(torch.relu(self.fc1(x))), dim=1)')
      .replace(
        'nn.functional.cross_entropy(model(x), y)',
        `-torch.log(${inner})[torch.arange(600), y].mean()`,
      )
      .replace('lr=1e-3', `lr=${lr}`);

  it('puts the logarithm of a softmax before any rate, also where large norms announced the NaN', async () => {
    const text = ofSoftmax('0.05', 'model(x)');
    const announced = QUIET.split('\n')
      .map((row, step) =>
        step > 20 && step < 31 ? row.replace(/"grad_norm":[\d.]+/, '"grad_norm":900.5') : row,
      )
      .join('\n');
    assert.equal((await causesOf('non-finite', text)).first, 'eps');
    assert.equal((await causesOf('non-finite', text, 30, {}, announced)).first, 'eps');
    assert.notEqual(
      (await causesOf('non-finite', ofSoftmax('0.05', 'model(x) + 1e-6'), 30, {}, announced)).first,
      'eps',
    );
  });

  it('names a softmax of distances written out, and mends its logarithm in one with it', async () => {
    const text = program(`        k = torch.exp(-self.fc2(torch.relu(self.fc1(x))).pow(2))
        return k / k.sum(dim=1, keepdim=True)`).replace(
      'nn.functional.cross_entropy(model(x), y)',
      '-torch.log(model(x)[torch.arange(len(y)), y]).mean()',
    );
    const { lines, first, remedies } = await causesOf('non-finite', text);
    assert.deepEqual(lines, [lineOf(text, 'k = torch.exp'), lineOf(text, '-torch.log')]);
    assert.deepEqual([first, remedies.includes('safe-exp')], ['eps', true]);
  });

  it('names what may still break in a run that diverged first, behind what makes it diverge', async () => {
    const text = ofSoftmax('0.05', 'model(x)');
    const also = [{ code: 'GI001', rule: 'non-finite', step: 40, line: 41 }];
    const { first, remedies } = await causesOf('diverging-loss', text, 30, { also });
    assert.equal(first, 'lower-lr');
    assert.ok(remedies.includes('eps'));
    assert.ok(!(await causesOf('diverging-loss', text)).remedies.includes('eps'));
  });

  it('asks for no other rate after a spike that did no harm', async () => {
    const remedies = ['clip-grad-norm', 'skip-bad-batch'] as const;
    const harmless = await causesOf('gradient-spike', program(PLAIN), 30, { severity: 'info', remedies });
    assert.deepEqual(harmless.remedies, remedies);
    const harmed = await causesOf('gradient-spike', program(PLAIN), 30, { remedies });
    assert.ok(harmed.remedies.includes('lower-lr'));
  });

  it('blames weights that are never negative, and a gain above any in use', async () => {
    for (const [start, rule] of [
      ['nn.init.uniform_(self.fc1.weight)', 'loss-plateau'],
      ['self.fc1.weight.data.uniform_(0, 0.1)', 'loss-plateau'],
      ['nn.init.orthogonal_(self.fc1.weight, gain=2.5)', 'exploding-gradient'],
      ['nn.init.xavier_normal_(self.fc1.weight, 3.0)', 'exploding-gradient'],
    ] as const) {
      const text = program(PLAIN, `        ${start}\n`);
      assert.deepEqual((await causesOf(rule, text, 0)).lines[0], lineOf(text, start), start);
    }
    for (const start of [
      'nn.init.uniform_(self.fc1.weight, -0.3, 0.3)',
      'self.fc1.weight.data.uniform_(-0.3, 0.3)',
      'nn.init.uniform_(self.fc1.bias)',
      'nn.init.orthogonal_(self.fc1.weight, gain=math.sqrt(2))',
      'nn.init.xavier_normal_(self.fc1.weight, gain=1.0)',
    ]) {
      const text = program(PLAIN, `        ${start}\n`);
      assert.ok(!(await causesOf('loss-plateau', text, 0)).lines.includes(lineOf(text, start)), start);
    }
  });

  it('blames data in tens and hundreds that nothing scales', async () => {
    for (const data of [
      'x = -60 + 6 * torch.randn(600, 24)',
      'x = torch.stack([3600 * torch.rand(600)] * 24, 1)',
    ]) {
      const text = program(PLAIN, '', data);
      assert.ok((await causesOf('loss-plateau', text, 0)).lines.includes(lineOf(text, data)), data);
    }
    for (const data of [
      'x = 2 * torch.randn(600, 24)',
      'x = torch.sin(40 * torch.rand(600, 24))',
      'x = 300 * torch.rand(600, 24) / 300',
      'x = 300 * torch.rand(600, 24)\nx = (x - x.mean(0)) / x.std(0)',
    ]) {
      const text = program(PLAIN, '', data);
      assert.ok(!(await causesOf('loss-plateau', text, 0)).lines.includes(lineOf(text, data)), data);
    }
  });

  it('normalises behind a convolution that died of raw pixels, and the columns of a table before the model', async () => {
    const bytes = (shape: string) => `x = torch.randint(0, 256, (600, ${shape})).float()`;
    const images = program(
      '        return self.fc2(torch.relu(self.fc1(x)).flatten(1))',
      '',
      bytes('1, 8, 8'),
    )
      .replace('self.fc1 = nn.Linear(24, 24)', 'self.fc1 = nn.Conv2d(1, 4, 3, padding=1)')
      .replace('self.fc2 = nn.Linear(24, 4)', 'self.fc2 = nn.Linear(256, 4)');
    const table = program(PLAIN, '', bytes('24'));
    assert.equal((await causesOf('dead-layer', images)).first, 'batch-norm');
    assert.equal((await causesOf('diverging-loss', images)).first, 'normalise-input');
    assert.equal((await causesOf('dead-layer', table)).first, 'normalise-input');
  });

  it('blames a schedule that grows, once it has had time to', async () => {
    const text = `${program(PLAIN)}torch.optim.lr_scheduler.StepLR(optimizer, 10, gamma=1.5)\n`;
    const grown = await causesOf('diverging-loss', text);
    assert.equal(grown.lines[0], lineOf(text, 'torch.optim.lr_scheduler'));
    assert.equal(grown.first, 'lower-lr');
    assert.ok(!(await causesOf('diverging-loss', text, 0)).lines.includes(lineOf(text, 'torch.optim.lr_s')));
    const swept = `${program(PLAIN)}torch.optim.lr_scheduler.LambdaLR(optimizer, lambda it: 200 ** (it / 60))\n`;
    const { lines, first } = await causesOf('diverging-loss', swept);
    assert.deepEqual([lines[0], first], [lineOf(swept, 'torch.optim.lr_scheduler'), 'lower-lr']);
  });

  it('blames a last state that is read behind the padding before the gates and the depth', async () => {
    const padded = (layer: string, read: string) => `import torch
from torch import nn

PAD = 0

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 16, padding_idx=PAD)
        self.encoder = nn.${layer}(16, 32, batch_first=True)
        self.head = nn.Linear(32, 4)

    def forward(self, ids):
        states, _ = self.encoder(self.embedding(ids))
        return self.head(${read})

net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(100):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(ids), labels)
    loss.backward()
    optimizer.step()
`;
    for (const layer of ['RNN', 'GRU', 'LSTM']) {
      const text = padded(layer, 'states[:, -1]');
      for (const rule of ['vanishing-gradient', 'loss-plateau']) {
        const { lines, first } = await causesOf(rule, text, 0);
        assert.deepEqual([lines[0], first], [lineOf(text, 'states[:'), 'last-valid-state'], layer);
      }
      const { remedies } = await causesOf('exploding-gradient', text, 0);
      assert.ok(!remedies.includes('last-valid-state'));
    }
    const pooled = await causesOf('vanishing-gradient', padded('GRU', 'states.mean(1)'), 0);
    assert.ok(!pooled.remedies.includes('last-valid-state'));
  });

  it('blames sums over neighbours that nothing normalises for gradients that explode, and not averages', async () => {
    const text = program('        return net(self, x)').replace(
      'class Net',
      `def net(self, x):
    for _ in range(4):
        x = torch.relu(adj @ self.fc1(x @ w))
    return x

w = (0.1 * torch.randn(24, 24)).requires_grad_()
adj = (torch.rand(600, 600) < 0.1).float()

class Net`,
    );
    for (const rule of ['exploding-gradient', 'non-finite', 'diverging-loss', 'gradient-spike']) {
      const { lines, first } = await causesOf(rule, text);
      assert.equal(lines[0], lineOf(text, 'x = torch.relu(adj'), rule);
      assert.equal(first, 'mean-aggregation', rule);
    }
    const averaged = text.replace('.float()', '.float()\nadj = adj / adj.sum(-1, keepdim=True)');
    const { lines, remedies } = await causesOf('exploding-gradient', averaged);
    assert.ok(!lines.includes(lineOf(averaged, 'x = torch.relu(adj')));
    assert.ok(!remedies.includes('mean-aggregation'));
    assert.ok(!(await causesOf('vanishing-gradient', text)).remedies.includes('mean-aggregation'));
  });
});
