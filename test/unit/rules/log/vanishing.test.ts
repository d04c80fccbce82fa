import { randomOf } from '../../../bench/synthetic/random';
import { calm, column, falling, layer, loss, norm, patched, stuck, testCases } from './cases';

const chance = column(() => Math.log(4), 0.003, 200);

/** Lengths of random vectors with so many independent, normal entries. */
function lengths(entries: number): number[] {
  const random = randomOf(7);
  return Array.from({ length: 200 }, () =>
    Math.sqrt(
      Array.from({ length: entries }, () => (0.1 * random.normal()) ** 2).reduce((sum, one) => sum + one, 0),
    ),
  );
}

testCases('gradients that vanish or never come', [
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
  {
    name: 'a norm that scatters as that of four output biases, beside equal chances of four classes',
    run: { series: [loss(chance), norm(lengths(3))] },
    expect: ['warning vanishing-gradient@0'],
  },
  {
    name: 'a norm of many directions beside the same loss',
    run: { series: [loss(chance), norm(lengths(60))] },
    expect: ['warning loss-plateau@0'],
  },
  {
    name: 'layers at the input that fade during the run while the loss stops',
    run: {
      series: [
        loss(column((row) => 1.4 + 0.5 * Math.exp(-row / 3))),
        layer(
          'lift.weight',
          column((row) => 0.8 * 10 ** (-row / 22), 0.2),
        ),
        layer(
          'ff1.weight',
          column((row) => 0.3 * 10 ** (-row / 25), 0.2),
        ),
        layer(
          'ff2.weight',
          column(() => 0.3, 0.2),
        ),
        layer(
          'out.weight',
          column(() => 1.1, 0.2),
        ),
      ],
    },
    expect: ['warning vanishing-gradient@13'],
  },
  {
    name: 'layers at the input that fade while the loss falls have learned what they can',
    run: {
      series: [
        loss(column((row) => 1.9 * Math.exp(-row / 20))),
        layer(
          'lift.weight',
          column((row) => 0.8 * 10 ** (-row / 22), 0.2),
        ),
        layer(
          'ff1.weight',
          column((row) => 0.3 * 10 ** (-row / 25), 0.2),
        ),
        layer(
          'ff2.weight',
          column(() => 0.3, 0.2),
        ),
        layer(
          'out.weight',
          column(() => 1.1, 0.2),
        ),
      ],
    },
    expect: [],
  },
  {
    name: 'a loss that fell in the first row alone, as an output bias learns the mean, under a gradient that is gone',
    run: {
      series: [
        loss(column((row) => (row === 0 ? 2.5 : 0.45), 0.1)),
        ...[0, 1, 2, 3, 4, 5].map((i) =>
          layer(
            `fc${i}.weight`,
            column(() => 10 ** (i - 6), 0.3),
          ),
        ),
      ],
    },
    expect: ['warning vanishing-gradient@0'],
  },
]);
