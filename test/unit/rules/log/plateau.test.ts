import { column, layer, loss, norm, testCases } from './cases';

testCases('losses that do not move', [
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
    name: 'a loss that does not move, with rows too far apart to be sure of slow learning',
    run: {
      series: [loss(column(() => 0.65, 0.07, 300)), norm(column(() => 0.4, 0.2, 300))],
    },
    expect: ['info loss-plateau@0'],
    all: true,
  },
  {
    name: 'a stuck loss beside a norm of zeros: not measured, or no gradient at all, and no rate mends it',
    run: { series: [loss(column(() => Math.log(5), 0.0001, 40)), norm(column(() => 0, 0, 40))] },
    expect: ['warning loss-plateau@0'],
    all: true,
    says: /norm is 0 in every row/,
  },
  {
    name: 'a loss that stays at that of equal chances, though it creeps down by a third of a per cent',
    run: { series: [loss(column((row) => Math.log(24) * (1 - row / 20_000), 0.0003, 120))] },
    expect: ['warning loss-plateau@0'],
    all: true,
  },
  {
    name: 'weights that nothing updates: their gradient adds up in a straight line from zero',
    run: {
      series: [
        loss(column(() => 2.3, 0.05)),
        layer(
          'backbone.weight',
          column(() => 0.5, 0.1),
        ),
        layer(
          'head.weight',
          column((row) => 3.9 * (row + 1), 0.01),
        ),
        layer(
          'head.bias',
          column((row) => 0.3 * (row + 1), 0.01),
        ),
      ],
      stride: 8,
    },
    expect: ['warning loss-plateau@0'],
  },
  {
    name: 'a norm that grows in a straight line while the loss falls is another matter',
    run: {
      series: [
        loss(column((row) => 2.3 * Math.exp(-row / 40), 0.05)),
        layer(
          'backbone.weight',
          column(() => 0.5, 0.1),
        ),
        layer(
          'head.weight',
          column((row) => 0.1 * (row + 1), 0.01),
        ),
      ],
    },
    expect: [],
  },
  {
    name: 'loss and accuracy of equal chances, after the first steps threw the outputs',
    run: {
      series: [
        loss(column((row) => (row < 2 ? 18 : 1.4), 0.04)),
        { name: 'accuracy', kind: 'other', values: column(() => 0.25, 0.1) },
      ],
    },
    expect: ['warning loss-plateau@2'],
  },
  {
    name: 'the same loss with an accuracy that knows something has little to gain',
    run: {
      series: [
        loss(column((row) => (row < 2 ? 18 : 1.4), 0.04)),
        { name: 'accuracy', kind: 'other', values: column(() => 0.45, 0.1) },
      ],
    },
    expect: [],
  },
  {
    name: 'a factor of an adapter whose gradient grows from zero with the other factor',
    run: {
      series: [
        loss(column((row) => 2.3 - 0.0015 * row, 0.01)),
        { name: 'lr', kind: 'learning-rate', values: column(() => 1e-4, 0) },
        layer(
          'q.lora_A',
          column((row) => 0.002 * (row + 1), 0.01),
        ),
        layer(
          'q.lora_B',
          column(() => 0.8, 0.1),
        ),
      ],
    },
    expect: [],
  },
]);
