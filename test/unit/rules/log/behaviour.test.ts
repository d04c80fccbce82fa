import assert from 'node:assert/strict';
import { diagnoseRun } from '../../../../src/core/rules/engine';
import { buildRun, type RunSketch, type SeriesSketch } from '../../../support/runBuilder';

const ROWS = 60;

/** A column over ROWS rows with a small deterministic wobble, so that no number is round. */
function column(value: (row: number) => number, wobble = 0.03, rows = ROWS): number[] {
  return Array.from({ length: rows }, (_, row) => value(row) * (1 + wobble * Math.sin(row * 2.399 + 0.7)));
}

const falling = column((row) => 0.1 + 2.2 * Math.exp(-row / 12));
const stuck = column(() => 2.31, 0.002);
const calm = column((row) => 0.4 + Math.exp(-row / 20), 0.2);
const loss = (values: readonly number[], name = 'loss'): SeriesSketch => ({ name, values, kind: 'loss' });
const norm = (values: readonly number[]): SeriesSketch => ({ name: 'grad_norm', values });
const layer = (parameter: string, values: readonly number[]): SeriesSketch => ({
  name: parameter,
  parameter,
  values,
});
const patched = (values: readonly number[], patch: (value: number, row: number) => number): number[] =>
  values.map(patch);

interface Case {
  readonly name: string;
  readonly run: RunSketch;
  /** "severity rule@step" of everything of warning and above, in order; hints and infos with `all`. */
  readonly expect: readonly string[];
  readonly all?: boolean;
}

const CASES: readonly Case[] = [
  {
    name: 'no weight gets a gradient, and the only bias does',
    run: {
      series: [
        loss(falling),
        layer(
          '0.weight',
          column(() => 0),
        ),
        layer(
          '1.weight',
          column(() => 0),
        ),
        layer(
          '2.weight',
          column(() => 0),
        ),
        layer('2.bias', calm),
      ],
    },
    expect: ['error vanishing-gradient@0'],
  },
  {
    name: 'a discriminator that won, whatever the norms are',
    run: {
      series: [
        loss(
          column((row) => 1.4 * Math.exp(-row / 4) + 1e-4),
          'd_loss',
        ),
        loss(
          column((row) => 0.7 + 8 * (1 - Math.exp(-row / 10))),
          'g_loss',
        ),
        layer('G.0.weight', calm),
        layer('D.0.weight', calm),
      ],
    },
    expect: ['info vanishing-gradient@16'],
    all: true,
  },
  {
    name: 'a discriminator that is right while the generator keeps up',
    run: {
      series: [
        loss(
          column((row) => 1.4 * Math.exp(-row / 4) + 1e-4),
          'd_loss',
        ),
        loss(
          column(() => 0.7),
          'g_loss',
        ),
        layer('G.0.weight', calm),
        layer('D.0.weight', calm),
      ],
    },
    expect: [],
    all: true,
  },
  { name: 'a healthy run', run: { series: [loss(falling), norm(calm)] }, expect: [], all: true },
  {
    name: 'a placeholder of zeros is not reported, never vanished',
    run: { series: [loss(stuck.map((value, row) => value * (1 - row / 200))), norm(column(() => 0))] },
    expect: [],
    all: true,
  },
  {
    name: 'the whole gradient turns to zero, the loss does not',
    run: {
      series: [loss(column((row) => (row < 2 ? 40 : 0.6), 0.1)), norm(column((row) => (row < 2 ? 2000 : 0)))],
    },
    expect: ['error dead-layer@2'],
  },
  {
    name: 'a hinge loss at its minimum has no gradient',
    run: {
      series: [
        loss(column((row) => (row < 20 ? 1 - row / 20 : 0))),
        norm(column((row) => (row < 20 ? 1 : 0))),
      ],
    },
    expect: [],
  },
  {
    name: 'a generator and a critic in balance are not stuck',
    run: {
      series: [
        loss(
          column((row) => 1.386 - 0.15 * Math.exp(-((row - 8) ** 2) / 20), 0.01),
          'loss_critic',
        ),
        loss(
          column((row) => 0.7 + 0.2 * Math.exp(-((row - 8) ** 2) / 20), 0.01),
          'loss_gen',
        ),
        norm(column(() => 0.2, 0.4)),
      ],
    },
    expect: [],
  },
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
    name: 'frozen layers before a living head',
    run: {
      series: [
        loss(falling),
        ...['b.0', 'b.1', 'b.2'].flatMap((name) => [
          layer(
            `${name}.weight`,
            column(() => 0),
          ),
          layer(
            `${name}.bias`,
            column(() => 0),
          ),
        ]),
        layer('head.weight', calm),
        layer('head.bias', calm),
      ],
    },
    expect: [],
    all: true,
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
    name: 'a converged run, whose gradients fall by seven decades with its loss',
    run: {
      series: [
        loss(column((row) => 4 * 10 ** (-row / 5))),
        layer(
          'a.weight',
          column((row) => 3 * 10 ** (-row / 9), 0.3),
        ),
        layer(
          'b.weight',
          column((row) => 2 * 10 ** (-row / 9), 0.3),
        ),
        layer(
          'c.weight',
          column((row) => 4 * 10 ** (-row / 9), 0.3),
        ),
      ],
    },
    expect: [],
    all: true,
  },
  {
    name: 'a norm that collapsed while nothing was learned',
    run: {
      series: [
        loss(column(() => 10.46, 0.002)),
        norm(column((row) => 1.7e-4 + 1.4 * Math.exp(-row / 2), 0.1)),
      ],
    },
    // The loss is stuck, and the gradient is gone: two faces of one state, both said.
    expect: ['warning loss-plateau@0', 'warning vanishing-gradient@5'],
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
    name: 'a norm logged after clipping',
    run: {
      series: [
        loss(falling),
        norm(column((row) => 0.4 + 0.013 * row, 0.6).map((value) => Math.min(1, value))),
      ],
    },
    expect: ['hint norm-after-clipping@24'],
    all: true,
  },
  {
    name: 'zeros printed with three decimals are only small',
    run: {
      series: [
        loss(falling),
        layer(
          'a.weight',
          column((row) => (row > 30 ? 0 : 0.002), 0).map((value) => Number(value.toFixed(3))),
        ),
        layer(
          'b.weight',
          calm.map((value) => Number(value.toFixed(3))),
        ),
        layer(
          'c.weight',
          calm.map((value) => Number(value.toFixed(3))),
        ),
      ],
    },
    expect: [],
    all: true,
  },
  {
    name: 'layers.10 sorted before layers.2 is no depth',
    run: {
      series: [
        loss(falling),
        ...Array.from({ length: 12 }, (_, i) => i)
          .sort((a, b) => (`${a}` < `${b}` ? -1 : 1))
          .map((i) =>
            layer(
              `layers.${i}.weight`,
              column(() => 0.3 + 0.01 * i, 0.1),
            ),
          ),
      ],
    },
    expect: [],
    all: true,
  },
  {
    name: 'discriminator and generator are no common depth',
    run: {
      series: [
        loss(stuck, 'd_loss'),
        loss(stuck, 'g_loss'),
        ...['disc.0', 'disc.1', 'disc.2'].map((name) =>
          layer(
            `${name}.weight`,
            column(() => 1e-5, 0.1),
          ),
        ),
        ...['gen.0', 'gen.1', 'gen.2'].map((name) =>
          layer(
            `${name}.weight`,
            column(() => 1, 0.1),
          ),
        ),
      ],
    },
    expect: [],
    all: true,
  },
  {
    name: 'a learning rate that ended before the run',
    run: {
      series: [
        loss(falling),
        norm(calm),
        {
          name: 'lr',
          kind: 'learning-rate',
          values: column((row) => (row < 40 ? 1e-3 * (1 - row / 40) : 0), 0),
        },
      ],
    },
    expect: ['warning learning-rate-zero@40'],
  },
  {
    name: 'a rate that decays each step as if steps were epochs',
    run: {
      series: [
        loss(column((row) => 1 + Math.exp(-row))),
        norm(column(() => 1.2)),
        { name: 'lr', kind: 'learning-rate', values: column((row) => 1e-3 * 0.5 ** row, 0) },
      ],
    },
    expect: ['warning learning-rate-zero@20'],
  },
  {
    name: 'a cosine schedule that ends at nothing',
    run: {
      series: [
        loss(falling),
        norm(calm),
        {
          name: 'lr',
          kind: 'learning-rate',
          values: column((row) => 5e-4 * (1 + Math.cos((Math.PI * row) / ROWS)), 0),
        },
      ],
    },
    expect: [],
    all: true,
  },
  {
    name: 'a tiny initialisation, where weights fade alike and only the biases show the way back',
    run: {
      series: [
        loss(stuck),
        ...[0, 1, 2, 3, 4].flatMap((depth) => [
          layer(
            `fc${depth}.weight`,
            column(() => 3e-7, 0.2),
          ),
          layer(
            `fc${depth}.bias`,
            column(() => 0.04 * 10 ** (depth - 4)),
          ),
        ]),
      ],
    },
    expect: ['error vanishing-gradient@0'],
  },
  {
    name: 'a loss that does not move, with rows too far apart to be sure of slow learning',
    run: {
      series: [loss(column(() => 0.65, 0.07, 300)), norm(column(() => 0.4, 0.2, 300))],
    },
    expect: ['info loss-plateau@0'],
    all: true,
  },
  {
    name: 'a loss that stays at that of equal chances, though it creeps down by a third of a per cent',
    run: { series: [loss(column((row) => Math.log(24) * (1 - row / 20_000), 0.0003, 120))] },
    expect: ['warning loss-plateau@0'],
    all: true,
  },
  {
    name: 'nothing but weights, all of them at zero, beside a loss that only the biases can have moved',
    run: {
      series: [
        loss(column((row) => 2.2 - row / 800, 0.03)),
        ...['net.0.weight', 'net.2.weight', 'net.4.weight'].map((name) =>
          layer(
            name,
            column(() => 0),
          ),
        ),
      ],
    },
    expect: ['error dead-layer@0'],
    all: true,
  },
  {
    name: 'gradients of a ten-billionth of the loss in all layers alike',
    run: {
      series: [
        loss(column(() => 1.0986, 0.0001)),
        ...Array.from({ length: 6 }, (_, i) =>
          layer(
            `blocks.${i}.weight`,
            column(() => 3e-11, 0.2),
          ),
        ),
      ],
    },
    expect: ['error vanishing-gradient@0'],
    all: true,
  },
  {
    name: 'the same in the units of a tiny target, which is learned',
    run: {
      series: [
        loss(column((row) => 1e-12 * (0.1 + 2 * Math.exp(-row / 12)))),
        norm(column((row) => 1e-12 * Math.exp(-row / 20), 0.2)),
      ],
    },
    expect: [],
    all: true,
  },
  {
    name: 'a generator without a gradient beside a discriminator that is never wrong',
    run: {
      series: [
        loss(
          column((row) => 0.7 * Math.exp(-row / 7) + 1e-4),
          'D_loss',
        ),
        loss(
          column((row) => -0.7 * Math.exp(-row / 7) - 1e-4),
          'G_loss',
        ),
        layer(
          'D',
          column((row) => 0.8 * Math.exp(-row / 8) + 1e-3),
        ),
        layer(
          'G',
          column((row) => 0.3 * Math.exp(-row / 8) + 1e-4),
        ),
      ],
    },
    expect: ['warning vanishing-gradient@38'],
    all: true,
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
    name: 'a spike of mixed precision that ruined the weights: one incident',
    run: {
      series: [
        loss(patched(falling, (value, row) => (row < 30 ? value : 7.3 + 0.1 * Math.sin(row)))),
        norm(patched(calm, (value, row) => (row === 28 || row === 30 ? Number.POSITIVE_INFINITY : value))),
      ],
    },
    expect: ['error non-finite@28'],
  },
  {
    name: 'ReLUs that a blow-up killed: the blow-up is part of it',
    run: {
      series: [
        loss(patched(falling, (value, row) => (row < 20 ? value : 2.4 + 0.02 * Math.sin(row)))),
        ...[0, 1, 2].flatMap((i) => [
          layer(
            `fc${i}.weight`,
            patched(calm, (value, row) => (row < 20 ? value : row < 24 ? value * 300 : i < 2 ? 0 : value)),
          ),
          layer(
            `fc${i}.bias`,
            patched(calm, (value, row) => (row < 20 ? value : row < 24 ? value * 300 : i < 1 ? 0 : value)),
          ),
        ]),
      ],
    },
    expect: ['error dead-layer@24'],
  },
  {
    name: 'units that revived for a row and are zero otherwise',
    run: {
      series: [
        loss(stuck),
        ...[0, 1, 2].flatMap((i) => [
          layer(
            `fc${i}.weight`,
            patched(calm, (value, row) => (i < 2 && row > 5 && row !== 12 ? 0 : value)),
          ),
          layer(
            `fc${i}.bias`,
            patched(calm, (value, row) => (i < 1 && row > 5 && row !== 12 ? 0 : value)),
          ),
        ]),
      ],
    },
    expect: ['error dead-layer@6'],
  },
  {
    name: 'a harder task that a converged run meets, and keeps most of what it had learned',
    run: {
      series: [
        loss(
          column((row) => (row < 30 ? 0.001 + 2 * Math.exp(-row / 4) : 0.08 + Math.exp((30 - row) / 5)), 0.2),
        ),
        norm(column((row) => (row < 30 ? 0.002 + Math.exp(-row / 3) : 0.5), 0.2)),
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
    name: 'one weight that gets a hundred-millionth of the whole, in a run that does not learn',
    run: {
      series: [
        loss(stuck),
        norm(calm),
        layer(
          'emb.weight',
          patched(calm, (value) => value * 1e-9),
        ),
      ],
    },
    expect: ['warning vanishing-gradient@0'],
  },
  {
    name: 'the same weight in a run that learns',
    run: {
      series: [
        loss(falling),
        norm(calm),
        layer(
          'emb.weight',
          patched(calm, (value) => value * 1e-9),
        ),
      ],
    },
    expect: [],
  },
  {
    name: 'a bias that gets nothing but rounding beside a run that does not learn',
    run: {
      series: [
        loss(column(() => 2.31, 0.08)),
        norm(calm),
        layer(
          'conv.bias',
          patched(calm, (value) => value * 1e-9),
        ),
      ],
    },
    expect: [],
  },
  { name: 'two rows', run: { series: [loss([2.3, 2.2]), norm([1.1, 1.2])] }, expect: [], all: true },
  { name: 'nothing at all', run: { series: [] }, expect: [], all: true },
];

describe('log rules', () => {
  for (const { name, run, expect, all } of CASES) {
    it(name, () => {
      const { findings } = diagnoseRun(buildRun(run));
      const shown = findings.filter(({ severity }) => all || severity === 'error' || severity === 'warning');
      assert.deepEqual(
        shown.map(({ severity, rule, step }) => `${severity} ${rule}@${step}`),
        expect,
        shown.map(({ message }) => message).join('\n'),
      );
    });
  }

  it('tell of the growth in the two rows before NaN', () => {
    const blown = (first: number, second: number): number[] => [first, second, ...column(() => Number.NaN)];
    const { findings } = diagnoseRun(buildRun({ series: [loss(blown(3.1, 9000)), norm(blown(120, 8e5))] }));
    assert.equal(findings[0]?.rule, 'non-finite');
    assert.match(findings[0]?.message ?? '', /grown to 6667 times its level of 120 before/);
  });

  it('say why a rule had no signal', () => {
    const { notChecked } = diagnoseRun(buildRun({ series: [loss(falling), norm(column(() => 0))] }));
    const why = new Map(notChecked.map((one) => [one.rule, one.why]));
    assert.match(why.get('vanishing-gradient') ?? '', /placeholder/);
    assert.match(why.get('dead-layer') ?? '', /no norms per layer/);
    assert.match(why.get('learning-rate-zero') ?? '', /no learning rate/);
  });

  it('never throw on what a log may hold', () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e308, 5e-324];
    for (const first of odd) {
      for (const second of odd) {
        const values = column((row) => (row % 2 === 0 ? first : second), 0);
        const { notChecked } = diagnoseRun(
          buildRun({
            series: [
              loss(values),
              norm(values),
              layer('a.weight', values),
              layer('a.bias', values),
              layer('b.weight', values),
              layer('c.weight', values),
            ],
          }),
        );
        assert.ok(
          !notChecked.some(({ why }) => why.startsWith('the rule failed')),
          notChecked.map(({ why }) => why).join('\n'),
        );
      }
    }
  });
});
