import assert from 'node:assert/strict';
import type { Evidence, LogFinding } from '../../../src/core/rules/finding';
import { oneAnIncident } from '../../../src/core/rules/oneIncident';
import { runOf } from '../link/runOf';

interface Said {
  readonly rule: string;
  readonly step: number;
  readonly endStep?: number;
  readonly severity?: LogFinding['severity'];
  readonly evidence?: Evidence;
}

function finding({ rule, step, endStep, severity = 'error', evidence = {} }: Said): LogFinding {
  return {
    code: 'GI000',
    rule,
    severity,
    message: `${rule}.`,
    range: { line: step + 1, column: 1, endLine: step + 1, endColumn: 2 },
    evidence,
    remedies: [],
    fixes: [],
    related: [],
    step,
    endStep: endStep ?? null,
    parameters: [],
    series: [],
  };
}

const CASES: readonly { readonly title: string; readonly said: readonly Said[]; readonly kept: string[] }[] =
  [
    {
      title: 'a long explosion that ends in NaN',
      said: [
        { rule: 'exploding-gradient', step: 10 },
        { rule: 'gradient-spike', step: 40, endStep: 60, evidence: { steps: [40, 60], ratio: 50 } },
        { rule: 'diverging-loss', step: 70 },
        { rule: 'non-finite', step: 80 },
      ],
      kept: ['exploding-gradient'],
    },
    {
      title: 'NaN after a rise of a few steps',
      said: [
        { rule: 'exploding-gradient', step: 48 },
        { rule: 'non-finite', step: 50 },
      ],
      kept: ['non-finite'],
    },
    {
      title: 'a loss that diverges before the gradient grows',
      said: [
        { rule: 'diverging-loss', step: 20 },
        { rule: 'exploding-gradient', step: 60 },
      ],
      kept: ['diverging-loss'],
    },
    {
      title: 'a spike that leaves the weights ruined',
      said: [
        { rule: 'exploding-gradient', step: 50, evidence: { ratio: 1e3 } },
        { rule: 'diverging-loss', step: 50 },
        {
          rule: 'gradient-spike',
          step: 50,
          endStep: 70,
          severity: 'warning',
          evidence: { steps: [50, 70], ratio: 1e6 },
        },
        { rule: 'vanishing-gradient', step: 60, severity: 'warning' },
      ],
      kept: ['gradient-spike'],
    },
    {
      title: 'a gradient that vanishes before something else breaks',
      said: [
        { rule: 'vanishing-gradient', step: 0 },
        { rule: 'non-finite', step: 50 },
      ],
      kept: ['vanishing-gradient', 'non-finite'],
    },
    {
      title: 'spikes long before the loss diverges',
      said: [
        { rule: 'gradient-spike', step: 5, endStep: 20, evidence: { steps: [5, 12, 20], ratio: 40 } },
        { rule: 'diverging-loss', step: 80 },
      ],
      kept: ['gradient-spike', 'diverging-loss'],
    },
    {
      title: 'an explosion that was over long before a NaN',
      said: [
        { rule: 'exploding-gradient', step: 10, endStep: 20 },
        { rule: 'non-finite', step: 90 },
      ],
      kept: ['exploding-gradient', 'non-finite'],
    },
  ];

describe('one incident, one finding', () => {
  const log = Array.from({ length: 101 }, (_, step) => `step ${step} loss ${1 / (1 + step)} grad_norm 1.5`);
  for (const { title, said, kept } of CASES) {
    it(title, async () => {
      const run = await runOf('run.log', log.join('\n'));
      assert.deepEqual(
        oneAnIncident(run, said.map(finding)).map(({ rule }) => rule),
        kept,
      );
    });
  }

  it('says what followed, and where', async () => {
    const run = await runOf('run.log', log.join('\n'));
    const [told] = oneAnIncident(run, [
      finding({ rule: 'exploding-gradient', step: 10, severity: 'warning' }),
      finding({ rule: 'non-finite', step: 80 }),
    ]);
    assert.match(told?.message ?? '', /^exploding-gradient; not finite from step 80\.$/);
    assert.equal(told?.severity, 'error');
    assert.deepEqual(
      told?.related.map(({ range }) => range.line),
      [81],
    );
  });

  it('says what the finding says already only once', async () => {
    const run = await runOf('run.log', log.join('\n'));
    const rise = finding({ rule: 'exploding-gradient', step: 10 });
    const message = 'The norm rose from step 10 on, and is not finite from step 80.';
    const [told] = oneAnIncident(run, [{ ...rise, message }, finding({ rule: 'non-finite', step: 80 })]);
    assert.equal(told?.message, message);
    assert.equal(told?.related.length, 1);
  });
});
