import { calm, column, falling, loss, norm, patched, testCases } from './cases';

testCases('rows that are not finite', [
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
