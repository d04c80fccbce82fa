import assert from 'node:assert/strict';
import { modelOrder } from '../../../../src/core/run/modelOrder';
import { calm, column, falling, layer, loss, testCases } from './cases';

const rested = column((row) => (row === 0 ? 1.1 : 0.4), 0.2);
const dyingAt = (row0: number, before: number) => column((row) => (row < row0 ? before : 0), 0.1);

testCases('layers at the input that saturate until their gradient is below all floats', [
  {
    name: 'a first layer far below the others from the start',
    run: {
      series: [
        loss(rested),
        layer('hidden.0.weight', dyingAt(1, 4.4e-5)),
        layer('hidden.1.weight', calm),
        layer('hidden.2.weight', calm),
        layer('out.weight', calm),
      ],
    },
    expect: ['warning vanishing-gradient@0'],
    says: /saturated/,
  },
  {
    name: 'one that had as much as the others died',
    run: {
      series: [
        loss(rested),
        layer('hidden.0.weight', dyingAt(6, 0.4)),
        layer('hidden.1.weight', calm),
        layer('hidden.2.weight', calm),
        layer('out.weight', calm),
      ],
    },
    expect: ['error dead-layer@6'],
  },
  {
    name: 'a run that goes on learning',
    run: {
      series: [
        loss(falling),
        layer('hidden.0.weight', dyingAt(1, 4.4e-5)),
        layer('hidden.1.weight', calm),
        layer('hidden.2.weight', calm),
        layer('out.weight', calm),
      ],
    },
    expect: [],
  },
]);

testCases('short names of weights and their biases', [
  {
    name: 'w3 without a gradient beside a b3 with one: only zeros come in',
    run: {
      series: [
        loss(column((row) => (row < 8 ? 360 - 20 * row : 150), 0.4)),
        ...['w1', 'b1', 'w2', 'b2', 'w3'].map((name) => layer(name, dyingAt(8, 30))),
        layer(
          'b3',
          column(() => 4, 0.8),
        ),
      ],
    },
    expect: ['error dead-layer@8'],
    says: /only zeros come in/,
  },
  {
    name: 'b2 that lives is no bias of w3',
    run: {
      series: [
        loss(column((row) => 2 * Math.exp(-row / 30) + 0.05)),
        layer('w1', dyingAt(8, 1)),
        layer('b2', calm),
        layer('w3', calm),
        layer('b3', calm),
      ],
    },
    expect: [],
  },
]);

/** Ten layers, each with a seventh of the next: `encoder.0` to `encoder.8`, `decoder.0` to `decoder.8`. */
const coder = (part: string, first: number) =>
  [0, 2, 4, 6, 8].flatMap((at, i) =>
    ['bias', 'weight'].map((end) =>
      layer(
        `${part}.${at}.${end}`,
        column(() => 1e-8 * 7 ** (first + i) * (end === 'bias' ? 0.4 : 1), 0.2),
      ),
    ),
  );

testCases('an encoder that was logged behind its decoder', [
  {
    name: 'fades toward its own input: no explosion',
    run: {
      series: [
        loss(column((row) => (row === 0 ? 0.23 : 0.094), 0.05)),
        ...coder('decoder', 5),
        ...coder('encoder', 0),
      ],
    },
    expect: ['warning vanishing-gradient@0'],
    says: /toward the input: the norm of encoder\.0\.weight/,
  },
]);

describe('the order of a model by the names of its parameters', () => {
  for (const [what, logged, expected] of [
    ['as logged', ['fc2.weight', 'fc1.weight'], ['fc2.weight', 'fc1.weight']],
    [
      'numbers by value',
      ['l.1.weight', 'l.10.weight', 'l.2.weight'],
      ['l.1.weight', 'l.2.weight', 'l.10.weight'],
    ],
    ['an encoder first', ['decoder.w', 'encoder.w', 'head.w'], ['encoder.w', 'decoder.w', 'head.w']],
    [
      'sides where a logger sorted',
      ['blocks.0.bias', 'blocks.0.weight', 'head.bias', 'head.weight', 'stem.bias', 'stem.weight'],
      ['stem.bias', 'stem.weight', 'blocks.0.bias', 'blocks.0.weight', 'head.bias', 'head.weight'],
    ],
    [
      'none where the model could be logged so',
      ['blocks.0.weight', 'head.weight', 'stem.weight'],
      ['blocks.0.weight', 'head.weight', 'stem.weight'],
    ],
  ] as const) {
    it(`is ${what}`, () => assert.deepEqual(modelOrder(logged), expected));
  }
});

/** Outputs of five layers that shrink with their weights: the loss falls by decades, and the norm nearly as much. */
const shrinking = (power: number, jump: number) => {
  const sizes = Array.from(
    { length: 60 },
    (_, row) => 1.3e9 * 10 ** (-row / 14 + jump * Math.sin(row * 2.4)),
  );
  return {
    series: [
      loss(sizes),
      ...[1, 2, 3].map((at) =>
        layer(
          `convs.${at}.weight`,
          sizes.map((size) => 7e9 * (size / 1.3e9) ** power),
        ),
      ),
    ],
  };
};

testCases('losses of a billion', [
  {
    name: 'whose norm falls with them: outputs that the weights make too large',
    run: shrinking(0.93, 0.3),
    expect: ['warning exploding-gradient@0'],
  },
  { name: 'whose norm falls with their root: large targets', run: shrinking(0.5, 0.3), expect: [] },
]);
