import assert from 'node:assert/strict';
import { applyEdits } from '../../../src/core/edits';
import { joinRunWithSources } from '../../../src/core/link/join';
import { diagnoseRun } from '../../../src/core/rules/engine';
import type { LogFinding } from '../../../src/core/rules/finding';
import { pythonAnalyzer } from '../python/analyzer';
import { runOf } from './runOf';

/** A program with a loss, a step and, if asked for, a clip; trained by `optimizer`. */
function program({ loss = 'F.cross_entropy(net(x), y)', optimizer = 'SGD', clip = '' }): string {
  return `import json
import torch
from torch import nn
import torch.nn.functional as F

config = {"clip": 0.001}
CLIP = 0.001
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.${optimizer}(net.parameters(), lr=0.02)
for step, (x, y) in enumerate(batches()):
    opt.zero_grad()
    loss = ${loss}
    loss.backward()
    grad_norm = ${clip === '' ? 'norm_of(net)' : `nn.utils.clip_grad_norm_(net.parameters(), ${clip})`}
    opt.step()
    print(json.dumps({"step": step, "loss": loss.item(), "grad_norm": float(grad_norm)}))
`;
}

/** A made log: one row a step, with a little scatter that repeats. */
function logOf(rows: number, loss: (step: number) => number, norm: (step: number) => number): string {
  const scatter = (step: number): number => 1 + 0.01 * (((step * 7) % 5) - 2);
  return Array.from({ length: rows }, (_, step) =>
    JSON.stringify({ step, loss: loss(step) * scatter(step), grad_norm: norm(step) * scatter(step + 2) }),
  ).join('\n');
}

async function found(log: string, text: string): Promise<readonly LogFinding[]> {
  const run = await runOf('train.log', log);
  const code = (await pythonAnalyzer()).analyze('train.py', text);
  assert.ok(code !== null);
  return joinRunWithSources(run, diagnoseRun(run).findings, [code]).findings;
}

const claimed = (findings: readonly LogFinding[]): readonly string[] =>
  findings.filter(({ severity }) => severity !== 'info').map(({ rule }) => rule);

describe('findings of a log and its code together', () => {
  /** A regression on targets in the hundreds looks the same. */
  const huge = (end: number): string =>
    logOf(
      200,
      (step) => end + 40_000 * 0.9 ** step,
      (step) => 5 + 90_000 * 0.92 ** step,
    );

  it('takes a cross-entropy in the thousands for outputs that are far too large', async () => {
    const findings = await found(huge(2), program({}));
    assert.deepEqual(claimed(findings), ['exploding-gradient']);
    assert.match(findings[0]?.message ?? '', /mean cross-entropy/);
    assert.ok((findings[0]?.fixes.length ?? 0) > 0);
  });

  it('says it as a word where the run has learned since', async () => {
    const [finding] = await found(huge(0.1), program({}));
    assert.equal(finding?.rule, 'exploding-gradient');
    assert.equal(finding?.severity, 'info');
  });

  for (const loss of [
    'F.mse_loss(net(x), y)',
    'F.cross_entropy(net(x), y, reduction="sum")',
    'F.cross_entropy(net(x), y) + F.mse_loss(net(x), y)',
  ]) {
    it(`says nothing of a large ${loss}`, async () => {
      assert.deepEqual(claimed(await found(huge(2), program({ loss }))), []);
    });
  }

  it('says nothing of a loss that is summed over an epoch for the log', async () => {
    const summed = logOf(
      200,
      (step) => 300 + 40_000 * 0.9 ** step,
      () => 2,
    );
    assert.deepEqual(claimed(await found(summed, program({}))), []);
  });

  /** Rows that double and halve: steps that throw the weights about. */
  const swinging = logOf(
    80,
    (step) => 300 * 2.5 ** Math.sin(step * 2.4),
    (step) => 40 * 2 ** Math.sin(step * 1.7),
  );

  it('takes a mean cross-entropy that swings above any guess for a divergence', async () => {
    assert.deepEqual(claimed(await found(swinging, program({}))), ['diverging-loss']);
    assert.deepEqual(claimed(await found(swinging, program({ loss: 'F.mse_loss(net(x), y)' }))), []);
  });

  const slow = logOf(
    60,
    (step) => 1.39 - 0.003 * step,
    () => 0.5,
  );

  it('explains a loss that hardly moves by what the code leaves untrained', async () => {
    const twice = program({ loss: 'F.cross_entropy(torch.softmax(net(x), 1), y)' });
    const [finding] = await found(slow, twice);
    assert.equal(finding?.rule, 'loss-plateau');
    assert.equal(finding?.severity, 'warning');
    assert.match(finding?.message ?? '', /hardly moves.*line 12 of the code/);
    assert.deepEqual(claimed(await found(slow, program({}))), []);
  });

  it('explains it by a cut before layers that are to be trained only where next to nothing is gained', async () => {
    const cut = `${program({}).replace('net = nn.Seq', 'body = nn.Seq')}`.replace(
      'opt =',
      `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(8, 32)
        self.head = nn.Linear(32, 4)

    def forward(self, x):
        return self.head(self.enc(x).detach())

net = Net()
opt =`,
    );
    const loss = (gain: number) =>
      logOf(
        60,
        (step) => 1.39 * (1 - (gain * step) / 60),
        () => 0.5,
      );
    assert.deepEqual(claimed(await found(loss(0.08), cut)), ['loss-plateau']);
    assert.deepEqual(claimed(await found(loss(0.2), cut)), []);
  });

  const still = logOf(
    60,
    (step) => 1.68 - 0.001 * step,
    () => 2.5,
  );

  for (const clip of ['0.001', 'max_norm=CLIP', 'config["clip"]']) {
    it(`blames ${clip} for a loss that hardly moves, and raises it where it is written`, async () => {
      const text = program({ clip });
      const findings = await found(still, text);
      assert.deepEqual(claimed(findings), ['loss-plateau']);
      const [finding] = findings;
      assert.match(finding?.message ?? '', /clips it at 0.001, in 100 % of the rows/);
      const [fix] = finding?.fixes ?? [];
      assert.equal(fix?.remedy, 'clip-grad-norm');
      const fixed = applyEdits(text, fix?.edits ?? []);
      assert.equal(fixed?.replace(/\b1\.0\b/, '0.001'), text);
    });
  }

  for (const [name, blamed] of [
    ['SGD', true],
    ['Adam', false],
  ] as const) {
    it(`${blamed ? 'blames' : 'does not blame'} a low bound where the settings name ${name}`, async () => {
      const text = program({ clip: '0.001' }).replace(
        'torch.optim.SGD(net.parameters(), lr=0.02)',
        `getattr(torch.optim, "${name}")(net.parameters(), lr=0.02)`,
      );
      const findings = await found(still, text);
      assert.equal(
        findings.some(({ message }) => message.includes('because of clipping')),
        blamed,
      );
    });
  }

  it('says nothing of a low bound under Adam, which divides the scale out', async () => {
    const findings = await found(still, program({ clip: '0.001', optimizer: 'Adam' }));
    assert.ok(findings.every(({ message }) => !message.includes('clipping')));
  });

  /** One row a thousand times and more above the others; the loss returns at once. */
  const spiked = (ratio: number, end = 1.5, rows = 200): string =>
    logOf(
      rows,
      (step) => (step === 40 ? 90 : 1.8 - ((1.8 - end) * step) / rows),
      (step) => (step === 40 ? ratio : 1),
    );

  it('warns of a spike that Adam remembers to the end of the run', async () => {
    const findings = await found(spiked(10_000), program({ optimizer: 'Adam' }));
    assert.deepEqual(claimed(findings), ['gradient-spike']);
    assert.match(findings[0]?.message ?? '', /updates were 1\/3\d\d of their usual size/);
    assert.equal(findings[0]?.fixes[0]?.remedy, 'clip-grad-norm');
  });

  for (const [what, log, options] of [
    ['SGD, which remembers nothing', spiked(10_000), {}],
    ['a clip', spiked(10_000), { optimizer: 'Adam', clip: '1.0' }],
    ['a spike that is soon forgotten', spiked(100), { optimizer: 'Adam' }],
    ['a run that learned all the same', spiked(10_000, 0.2), { optimizer: 'Adam' }],
    ['a run that is long beside it', spiked(10_000, 1.5, 40_000), { optimizer: 'Adam' }],
  ] as const) {
    it(`has a word at most for a spike with ${what}`, async () => {
      assert.deepEqual(claimed(await found(log, program(options))), []);
    });
  }

  const warming = (rows: number, perRow: number): string =>
    logOf(
      rows,
      () => 1.6,
      () => 1,
    )
      .split('\n')
      .map((row, at) => row.replace('}', `,"lr":${(0.02 * (at + 1) * perRow) / 100_000}}`))
      .join('\n');
  const warmUp = 'warmup_steps = 100_000';

  it('names a warm-up that is longer than any in use, and shortens it', async () => {
    const text = program({}).replace('CLIP = 0.001', warmUp);
    const [finding] = await found(warming(60, 1), text);
    assert.equal(finding?.rule, 'loss-plateau');
    assert.equal(finding.severity, 'warning');
    assert.match(finding.message, /at step 100000 \(line 7 of the code: 100_000\)/);
    const [fix] = finding.fixes;
    assert.equal(applyEdits(text, fix?.edits ?? []), text.replace('100_000', '100'));
    assert.ok(!finding.remedies.includes('lower-lr'));
  });

  for (const [what, log, setting] of [
    ['a warm-up of a usual length', warming(60, 10), 'warmup_steps = 10_000'],
    ['one that is well under way', warming(60, 1_000), warmUp],
    ['a rate that stands still', still, warmUp],
    ['few rows', warming(12, 1), warmUp],
  ] as const) {
    it(`says nothing of ${what}`, async () => {
      const findings = await found(log, program({}).replace('CLIP = 0.001', setting));
      assert.ok(findings.every(({ message }) => !message.includes('warming up')));
    });
  }

  it('has a word where the code does not say how long the warm-up is: steps may be samples', async () => {
    const [finding] = await found(
      warming(60, 1),
      program({}).replace('CLIP = 0.001', 'warmup_samples = 100_000'),
    );
    assert.equal(finding?.severity, 'info');
    assert.match(finding.message, /warming up/);
  });

  it('says nothing of a low bound in a run that learns, or of one that seldom acts', async () => {
    const learns = logOf(
      60,
      (step) => 0.2 + 1.5 * 0.9 ** step,
      () => 2.5,
    );
    assert.deepEqual(claimed(await found(learns, program({ clip: '0.001' }))), []);
    const seldom = logOf(
      60,
      (step) => 1.68 - 0.001 * step,
      (step) => (step % 10 === 0 ? 2.5 : 0.0005),
    );
    const findings = await found(seldom, program({ clip: '0.001' }));
    assert.ok(findings.every(({ message }) => !message.includes('because of clipping')));
  });
});
