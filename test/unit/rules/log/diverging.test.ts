import { column, loss, norm, testCases } from './cases';

/** A stage of a curriculum: a jump to `from`, learned down to `to`. */
const stage = (from: number, to: number) => (row: number) => to + (from - to) * Math.exp(-row / 4);

testCases('losses that rise', [
  {
    name: 'harder data whose floor rises is a word, no claim',
    run: {
      series: [
        loss(
          column(
            (row) => {
              const stages = [stage(2.4, 0.2), stage(0.9, 0.35), stage(1.3, 0.5), stage(1.8, 0.8)];
              return stages[Math.min(3, Math.floor(row / 20))]?.(row % 20) ?? 0;
            },
            0.03,
            80,
          ),
        ),
        norm(column(() => 0.6, 0.2, 80)),
      ],
    },
    expect: ['info diverging-loss@40'],
    all: true,
  },
  {
    name: 'a total that rises while the term it was mainly made of falls: other terms have grown',
    run: {
      series: [
        loss(column((row) => 1.2 * Math.exp(-row / 30) + 0.05 + Math.min(3, row / 10), 0.03, 80)),
        { name: 'recon', kind: 'other', values: column((row) => 1.2 * Math.exp(-row / 30), 0.01, 80) },
        norm(column(() => 0.6, 0.2, 80)),
      ],
    },
    expect: ['info diverging-loss@6'],
    all: true,
    says: /while recon, most of it at first, fell/,
  },
  {
    name: 'a total that rises with a small term that falls beside it diverges',
    run: {
      series: [
        loss(column((row) => 0.9 * Math.exp(-row / 10) + 0.5 + (row < 30 ? 0 : (row - 30) / 8), 0.03, 80)),
        { name: 'penalty', kind: 'other', values: column((row) => 0.02 * Math.exp(-row / 30), 0.01, 80) },
        norm(column(() => 0.6, 0.2, 80)),
      ],
    },
    expect: ['error diverging-loss@32'],
    all: true,
  },
  ...['td_loss', 'loss/qf1', 'TD error loss', 'bellman_loss'].map((name) => ({
    name: `${name} may rise: its target moves with what is learned`,
    run: {
      series: [
        loss(
          column((row) => (row < 40 ? stage(2.4, 0.2)(row) : row < 60 ? 0.9 : 1.8), 0.03, 80),
          name,
        ),
        norm(column(() => 0.6, 0.2, 80)),
      ],
    },
    expect: [],
    all: true,
  })),
  {
    name: 'a jump that stays, and another, are a divergence',
    run: {
      series: [
        loss(column((row) => (row < 40 ? stage(2.4, 0.2)(row) : row < 60 ? 0.9 : 1.8), 0.03, 80)),
        norm(column(() => 0.6, 0.2, 80)),
      ],
    },
    expect: ['warning diverging-loss@40'],
  },
  {
    name: 'the onset is where the loss leaves its level, however far it goes later',
    run: {
      series: [loss(column((row) => (row < 40 ? stage(2.4, 0.4)(row) : 0.4 * 1.35 ** (row - 40)), 0.03, 60))],
    },
    expect: ['error diverging-loss@43'],
  },
  {
    name: 'a classifier whose loss doubles and halves far above any guess',
    run: {
      series: [
        loss(column((row) => 300 * 2.5 ** Math.sin(row * 2.4))),
        { name: 'acc', kind: 'other', values: column(() => 0.3, 0.2) },
      ],
    },
    expect: ['warning diverging-loss@0'],
  },
  {
    name: 'a loss of another unit that swings alike',
    run: { series: [loss(column((row) => 300 * 2.5 ** Math.sin(row * 2.4)))] },
    expect: [],
  },
]);
