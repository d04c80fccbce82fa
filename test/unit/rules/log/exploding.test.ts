import assert from 'node:assert/strict';
import { diagnoseRun } from '../../../../src/core/rules/engine';
import { buildRun } from '../../../support/runBuilder';
import { calm, column, falling, layer, loss, norm, patched, ROWS, stuck, testCases } from './cases';

/** A loss over four decades that goes up and down by a fifth. */
const shrinking = column((row) => 60 + 8e5 * 0.8 ** row, 0.35);
/** The same from tens of millions on, and without ups and downs. */
const smooth = column((row) => 6000 + 8e7 * 0.8 ** row, 0.02);

testCases('gradients that explode, spike and throw a run off', [
  {
    name: 'a longer task sets a run back by less than a quarter of what it had learned',
    run: {
      series: [
        loss(column((row) => (row < 24 ? 0.04 + 2.5 * Math.exp(-row / 3) : 0.4), 0.4)),
        norm(column((row) => (row < 24 ? 0.5 : Math.min(25, 0.5 * 1.4 ** (row - 23))), 0.4)),
      ],
    },
    expect: [],
  },
  {
    name: 'a norm of 450,000 that grew while the loss still falls',
    run: {
      series: [
        loss(column((row) => 2.9 - row * 0.004, 0.005)),
        norm(column((row) => 2500 * 180 ** (row / ROWS), 0.2)),
      ],
    },
    expect: [],
  },
  {
    name: 'blow-up in the second row, after which the norm looks normal',
    run: {
      series: [
        loss(column((row) => (row < 1 ? 1.4 : 7.5), 0.01)),
        norm(column((row) => (row === 1 ? 672 : row === 0 ? 0.73 : 0.4), 0.1)),
      ],
    },
    expect: ['error diverging-loss@1'],
  },
  {
    name: 'one batch that threw the run off, which has been coming back since',
    run: {
      series: [
        loss(patched(falling, (value, row) => (row < 40 ? value : 0.6 + 170 * Math.exp(-(row - 40) / 3)))),
        norm(
          patched(calm, (value, row) =>
            row < 40 ? value : value * (1 + 2000 * Math.exp(-(row - 40) / 1.5)),
          ),
        ),
      ],
    },
    expect: ['warning gradient-spike@40'],
  },
  {
    name: 'a loss near zero that goes up and down by powers of ten',
    run: {
      series: [
        loss(Array.from({ length: 52 }, (_, row) => 1e-4 * 10 ** (1.6 * Math.sin(row * 2.399) + row / 60))),
        norm(Array.from({ length: 52 }, (_, row) => 3e-3 * 10 ** (1.6 * Math.sin(row * 2.399) + row / 60))),
      ],
    },
    expect: [],
  },
  {
    name: 'the same rise where the loss loses most of what it had learned',
    run: {
      series: [
        loss(
          column(
            (row) => (row < 30 ? 0.001 + 2 * Math.exp(-row / 4) : 0.08 + Math.min(1, (row - 29) / 20)),
            0.2,
          ),
        ),
        norm(column((row) => (row < 30 ? 0.002 + Math.exp(-row / 3) : 0.5), 0.2)),
      ],
    },
    expect: ['error exploding-gradient@30'],
  },
  {
    name: 'a norm that left its start for good but for one window, with a loss that is thrown above its start',
    run: {
      series: [
        loss(column((row) => (row < 10 ? 1.6 - row * 0.14 : [0.2, 1.1, 3.9, 0.4, 0.9][row % 5]!), 0.05)),
        norm(column((row) => (row === 40 ? 0.9 : Math.min(0.7 * (row + 1), 20)), 0.02)),
      ],
    },
    expect: ['warning exploding-gradient@3'],
  },
  {
    name: 'the same norm while the loss falls',
    run: {
      series: [
        loss(falling),
        norm(column((row) => (row === 40 ? 0.9 : Math.min(0.7 * (row + 1), 20)), 0.02)),
      ],
    },
    expect: [],
  },
  {
    name: 'outputs in the thousands that shrink with their weights',
    run: { series: [loss(shrinking), norm(shrinking.map((value) => 5 * value ** 0.9))] },
    expect: ['warning exploding-gradient@0'],
  },
  {
    name: 'outputs of tens of millions that shrink smoothly: no batch sums up to that',
    run: { series: [loss(smooth), norm(smooth.map((value) => 50 * value ** 0.9))] },
    expect: ['warning exploding-gradient@0'],
  },
  {
    name: 'a loss that large, as a sum over some hundred examples may be',
    run: {
      series: [
        loss(smooth.map((value) => value / 1e4)),
        norm(smooth.map((value) => 50 * (value / 1e4) ** 0.9)),
      ],
    },
    expect: [],
    all: true,
  },
  {
    name: 'outputs that shrank until the error was of the size of its targets',
    run: {
      series: [
        loss(shrinking.map((value) => value / 90)),
        norm(shrinking.map((value) => 0.2 * value ** 0.9)),
      ],
    },
    expect: ['info exploding-gradient@0'],
    all: true,
  },
  {
    name: 'targets in the thousands, whose error alone shrinks',
    run: { series: [loss(shrinking), norm(shrinking.map((value) => 300 * value ** 0.5))] },
    expect: [],
    all: true,
  },
  {
    name: 'a first step of forty thousand times the loss, and nothing learned after it',
    run: { series: [loss(stuck), norm(patched(calm, (value, row) => (row === 0 ? 9e4 : value)))] },
    expect: ['error exploding-gradient@0'],
  },
  {
    name: 'the same first step in a run that learns',
    run: { series: [loss(falling), norm(patched(calm, (value, row) => (row === 0 ? 9e4 : value)))] },
    expect: [],
  },
  {
    name: 'a loss thrown to thousands in the first rows, which comes back to where it began',
    run: {
      series: [
        loss(patched(stuck, (value, row) => (row > 0 && row < 9 ? value * 10 ** (4 - row / 2) : value))),
      ],
    },
    expect: ['warning diverging-loss@1'],
  },
  {
    name: 'a loss that is logged as zero throughout',
    run: { series: [loss(column(() => 0)), norm(calm)] },
    expect: [],
  },
  {
    name: 'a first batch that happens to be easy, where each row is one example',
    run: {
      series: [
        loss(column((row) => (row === 0 ? 2 : row % 9 === 5 ? 1.8 : 900 * 10 ** Math.sin(row * row)), 0)),
      ],
    },
    expect: [],
  },
  {
    name: 'gradients cleared every twelve rows, and a loss that does not fall',
    run: { series: [loss(stuck), norm(column((row) => 0.8 * (1 + (row % 12)) ** 1.3))] },
    expect: ['warning exploding-gradient@2'],
  },
  {
    name: 'gradients added up on purpose',
    run: { series: [loss(falling), norm(column((row) => 0.8 * (1 + (row % 12)) ** 1.3))] },
    expect: [],
    all: true,
  },
  {
    name: 'a recurrent cell whose bias gets a thousand times what the readout gets',
    run: {
      series: [
        loss(column((row) => 0.25 + 0.9 * Math.exp(-row / 15))),
        layer(
          'cell.W',
          column(() => 4000, 0.5),
        ),
        layer(
          'cell.b',
          column(() => 3500, 0.5),
        ),
        layer(
          'readout.weight',
          column((row) => 0.3 + 2 * Math.exp(-row / 15), 0.2),
        ),
        layer(
          'readout.bias',
          column(() => 0.2, 0.5),
        ),
      ],
    },
    expect: ['warning exploding-gradient@0'],
  },
  {
    name: 'a last head that hardly counts in the loss is no output that all others exploded from',
    run: {
      series: [
        loss(column((row) => 0.25 + 0.9 * Math.exp(-row / 15))),
        ...['trunk.0', 'trunk.2', 'head', 'auxiliary'].flatMap((module) =>
          ['weight', 'bias'].map((kind) =>
            layer(
              `${module}.${kind}`,
              column(() => (module === 'auxiliary' ? 4e-4 : 0.4), 0.5),
            ),
          ),
        ),
      ],
    },
    expect: [],
  },
  {
    name: 'large inputs make the weight they meet large, and no bias',
    run: {
      series: [
        loss(column((row) => 0.25 + 0.9 * Math.exp(-row / 15))),
        layer(
          'cell.W',
          column(() => 4000, 0.5),
        ),
        layer(
          'cell.b',
          column(() => 1.5, 0.5),
        ),
        layer(
          'readout.weight',
          column((row) => 0.3 + 2 * Math.exp(-row / 15), 0.2),
        ),
        layer(
          'readout.bias',
          column(() => 0.2, 0.5),
        ),
      ],
    },
    expect: [],
  },
]);

describe('a rise into NaN', () => {
  it('is part of what is said of the NaN', () => {
    const blown = patched(calm, (value, row) =>
      row < 50 ? value : row < 52 ? value * 40 ** (row - 49) : Number.NaN,
    );
    const { findings } = diagnoseRun(buildRun({ series: [loss(falling), norm(blown)] }));
    assert.deepEqual(
      findings.map(({ rule, step, also }) => [
        rule,
        step,
        also?.map((one) => `${one.code} ${one.rule}@${one.step}`),
      ]),
      [['non-finite', 52, ['GI002 exploding-gradient@50']]],
    );
  });
});
