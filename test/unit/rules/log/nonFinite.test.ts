import assert from 'node:assert/strict';
import { diagnoseRun } from '../../../../src/core/rules/engine';
import { buildRun } from '../../../support/runBuilder';
import { calm, column, falling, layer, loss, norm, patched, testCases } from './cases';

testCases('rows that are not finite', [
  {
    name: 'a loss scale that is halved down to what prints as zero collapsed, whatever the gradients are then',
    run: {
      series: [
        loss(falling),
        norm(calm),
        {
          name: 'loss_scale',
          kind: 'loss-scale',
          values: column((row) => (row < 20 ? 65536 : Math.round(65536 / 2 ** (row - 19))), 0),
        },
      ],
    },
    expect: ['warning loss-scale-collapse@20'],
    says: /from 65536 to 0/,
  },
  {
    name: 'overflows of mixed precision that skip their steps',
    run: {
      series: [
        loss(falling),
        norm(patched(calm, (value, row) => (row === 1 || row === 30 ? Number.POSITIVE_INFINITY : value))),
        { name: 'loss_scale', kind: 'loss-scale', values: column((row) => (row < 2 ? 65536 : 32768), 0) },
      ],
      skips: [{ step: 30, line: 31, lossScale: 32768 }],
    },
    expect: ['info non-finite@1'],
    all: true,
  },
  {
    name: 'a norm that is NaN to the end beside a loss of exactly zero',
    run: {
      series: [
        loss(patched(falling, (value, row) => (row >= 40 ? 0 : value))),
        norm(patched(calm, (value, row) => (row >= 40 ? Number.NaN : value))),
      ],
    },
    expect: ['error non-finite@40'],
  },
  {
    name: 'a second loss that ends in NaN',
    run: {
      series: [
        loss(falling),
        loss(
          patched(falling, (value, row) => (row >= 50 ? Number.NaN : value)),
          'aux_loss',
        ),
        norm(calm),
      ],
    },
    expect: ['warning non-finite@50'],
  },
  {
    name: 'a spike of mixed precision that ruined the weights: one incident',
    run: {
      series: [
        loss(patched(falling, (value, row) => (row < 30 ? value : 7.3 + 0.1 * Math.sin(row)))),
        norm(patched(calm, (value, row) => (row === 28 || row === 30 ? Number.POSITIVE_INFINITY : value))),
      ],
    },
    expect: ['error non-finite@28'],
  },
]);

describe('a layer alone that is not finite', () => {
  const messageOf = (bad: (row: number) => boolean) => {
    const hit = patched(calm, (value, row) => (bad(row) ? Number.POSITIVE_INFINITY : value));
    const series = [loss(falling), norm(calm), layer('body.weight', calm), layer('head.bias', hit)];
    const [finding] = diagnoseRun(buildRun({ series })).findings;
    assert.equal(finding?.rule, 'non-finite');
    assert.deepEqual(finding.parameters, ['head.bias']);
    return { message: finding.message, endStep: finding.endStep };
  };

  it('is named with the number of its own rows', () => {
    const { message, endStep } = messageOf((row) => row === 20 || row === 23);
    assert.match(
      message,
      /^The gradient of head\.bias is not finite in 2 of 60 rows, first at step 20; the loss and/,
    );
    assert.equal(endStep, 23);
  });

  it('is not said to be finite again where the log ends so', () => {
    const { message, endStep } = messageOf((row) => row >= 50);
    assert.match(message, /in 10 of 60 rows.*the log ends so\.$/);
    assert.equal(endStep, null);
  });
});
