import { calm, column, falling, layer, loss, norm, patched, stuck, testCases } from './cases';

testCases('layers that die', [
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
    name: 'every weight that falls to zero for good while biases that are not logged keep the whole norm up',
    run: {
      series: [
        loss(column(() => 2.31, 0.01)),
        norm(column(() => 0.12, 0.3)),
        layer(
          'conv1.weight',
          column((row) => (row < 12 ? 0.01 : 0), 0.3),
        ),
        layer(
          'conv2.weight',
          column((row) => (row < 14 ? 0.04 : 0), 0.3),
        ),
        layer(
          'head.weight',
          column((row) => (row < 20 ? 0.05 : 0), 0.3),
        ),
      ],
    },
    expect: ['error dead-layer@12'],
  },
  {
    name: 'every weight and the whole norm at zero, or all of them alive, is not that',
    run: {
      series: [
        loss(column(() => 2.31, 0.01)),
        norm(column(() => 0.12, 0.3)),
        layer(
          'conv1.weight',
          column(() => 0.01, 0.3),
        ),
        layer(
          'conv2.weight',
          column(() => 0.04, 0.3),
        ),
        layer(
          'head.weight',
          column(() => 0.05, 0.3),
        ),
      ],
    },
    expect: ['warning loss-plateau@0'],
  },
]);
