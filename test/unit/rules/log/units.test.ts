import { calm, column, falling, layer, loss, norm, ROWS, stuck, testCases } from './cases';

testCases('what norms and rates are', [
  {
    name: 'a placeholder of zeros is not reported, never vanished',
    run: { series: [loss(stuck.map((value, row) => value * (1 - row / 200))), norm(column(() => 0))] },
    expect: [],
    all: true,
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
    name: 'the same where the loss had hardly begun to fall: the fact, and the harm it did',
    run: {
      series: [
        loss(column((row) => 1.6 + 0.1 * Math.exp(-row), 0.03)),
        norm(column(() => 1.2)),
        { name: 'lr', kind: 'learning-rate', values: column((row) => 1e-3 * 0.5 ** row, 0) },
      ],
    },
    expect: ['warning loss-plateau@20', 'warning learning-rate-zero@20'],
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
  { name: 'two rows', run: { series: [loss([2.3, 2.2]), norm([1.1, 1.2])] }, expect: [], all: true },
  { name: 'nothing at all', run: { series: [] }, expect: [], all: true },
]);
