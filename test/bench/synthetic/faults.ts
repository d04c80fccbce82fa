import { biasOf, type Draft, gradientsOf, sumLayers, weightsOf } from './draft';
import { FAMILY_NAMES } from './families';
import { type Random, randomOf } from './random';

/** What must be found, and from which row on. */
export interface Injection {
  /** Any of these rules names it right. */
  readonly rules: readonly string[];
  readonly row: number;
}

export interface Fault {
  readonly name: string;
  /** Families in which it makes sense and can be seen. */
  readonly families: readonly string[];
  /** Sizes from hardly there to gross. */
  readonly sizes: readonly number[];
  /** Of severity info or hint by nature: it is no defect, but a fact that is asked for. */
  readonly isMild?: boolean;
  inject(draft: Draft, size: number, random: Random): Injection;
}

const CLASSIFIERS = ['classifier', 'classifier, whole norm', 'convolutions', 'transformer', 'deep residual'];
const STACKS = ['classifier', 'large targets', 'small targets', 'deep residual'];
const WITH_NORM = [
  ...CLASSIFIERS,
  'large targets',
  'small targets',
  'pretraining',
  'steps of the rate',
  'cycles',
];
const WITH_LOSS = [...WITH_NORM, 'classifier, loss alone'];
const SMOOTH = WITH_LOSS.filter((name) => name !== 'cycles');

const between = (draft: Draft, random: Random, low: number, high: number): number =>
  Math.max(1, Math.round(draft.rows * random.between(low, high)));

/** Multiplies gradients from a row on. */
function scale(draft: Draft, from: number, factor: (since: number, row: number) => number): void {
  for (const column of gradientsOf(draft)) {
    for (let row = from; row < column.length; row++) {
      column[row] = (column[row] ?? 0) * factor(row - from, row);
    }
  }
}

function setLoss(
  draft: Draft,
  from: number,
  value: (since: number, row: number, before: number) => number,
): void {
  for (let row = from; row < draft.rows; row++) {
    draft.loss[row] = value(row - from, row, draft.loss[row] ?? 0);
  }
}

/** A loss that stays where it is, with the noise of its batches. */
function holdLoss(draft: Draft, from: number, level: number, noise: number, random: Random): void {
  setLoss(draft, from, () => level * Math.exp(noise * random.normal()));
}

/** Where a loss stands, without the luck of one batch. */
function levelAt(values: readonly number[], row: number): number {
  const around = values.slice(Math.max(0, row - 4), row + 1).sort((a, b) => a - b);
  return around[around.length >> 1] ?? 1;
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'not finite for some rows, then for good',
    families: WITH_NORM,
    sizes: [1, 3, 1e9],
    inject(draft, size, random) {
      const row = between(draft, random, 0.2, 0.7);
      for (let i = row; i < Math.min(draft.rows, row + size); i++) {
        draft.loss[i] = size > 3 ? Number.NaN : (draft.loss[i] ?? 0);
        for (const column of gradientsOf(draft)) {
          column[i] = Number.NaN;
        }
      }
      return { rules: ['non-finite'], row };
    },
  },
  {
    name: 'norm grows and the loss with it',
    families: SMOOTH.filter((name) => name !== 'classifier, loss alone'),
    sizes: [2, 10, 1000],
    inject(draft, size, random) {
      const row = between(draft, random, 0.3, 0.6);
      const level = levelAt(draft.loss, row);
      const takes = random.between(0.02, 0.3) * draft.rows;
      scale(draft, row, (since) => size ** Math.min(1, since / takes));
      setLoss(
        draft,
        row,
        (since) =>
          level *
          (1 + 1.2 * Math.log10(size) * Math.min(1, since / takes)) *
          Math.exp(0.05 * random.normal()),
      );
      return { rules: ['exploding-gradient'], row };
    },
  },
  {
    name: 'blows up within a few rows and settles high',
    families: SMOOTH.filter((name) => name !== 'classifier, loss alone'),
    sizes: [1.1, 1.6, 5],
    inject(draft, size, random) {
      const row = between(draft, random, 0.3, 0.7);
      const [start = 1] = draft.loss;
      scale(draft, row, (since) => (since < 3 ? 10 ** (since + 1) : 2));
      setLoss(draft, row, (since) => start * size * (since < 3 ? 3 : 1) * Math.exp(0.05 * random.normal()));
      return { rules: ['exploding-gradient', 'diverging-loss', 'gradient-spike'], row };
    },
  },
  {
    name: 'blows up in the first rows',
    families: CLASSIFIERS,
    sizes: [1.2, 2, 6],
    inject(draft, size, random) {
      const [start = 1] = draft.loss;
      scale(draft, 1, (since) => (since < 2 ? 300 : 0.7));
      setLoss(draft, 1, () => start * size * Math.exp(0.05 * random.normal()));
      return { rules: ['exploding-gradient', 'diverging-loss'], row: 1 };
    },
  },
  {
    name: 'spikes that hurt the loss',
    families: SMOOTH.filter((name) => name !== 'classifier, loss alone'),
    sizes: [3, 30, 1e4],
    inject(draft, size, random) {
      const row = between(draft, random, 0.3, 0.5);
      const gap = Math.max(14, Math.floor(draft.rows / 10));
      for (let i = row; i < draft.rows; i += gap) {
        for (const column of gradientsOf(draft)) {
          column[i] = (column[i] ?? 1) * size;
        }
        for (let j = i; j < Math.min(draft.rows, i + 6); j++) {
          draft.loss[j] = (draft.loss[j] ?? 1) * (1 + Math.log10(size));
        }
      }
      return { rules: ['gradient-spike'], row };
    },
  },
  {
    name: 'one spike without harm',
    families: CLASSIFIERS,
    sizes: [2, 20, 1000],
    isMild: true,
    inject(draft, size, random) {
      const row = between(draft, random, 0.4, 0.8);
      for (const column of gradientsOf(draft)) {
        column[row] = (column[row] ?? 1) * size;
      }
      return { rules: ['gradient-spike'], row };
    },
  },
  {
    name: 'the loss goes back up at once',
    families: SMOOTH,
    sizes: [0.05, 0.4, 1.2],
    inject(draft, size, random) {
      const row = between(draft, random, 0.5, 0.7);
      const [start = 1] = draft.loss;
      setLoss(draft, row, (_since, _row, before) => before + size * start);
      return { rules: ['diverging-loss'], row };
    },
  },
  {
    name: 'the loss creeps back up',
    families: SMOOTH,
    sizes: [0.05, 0.5, 1.5],
    inject(draft, size, random) {
      const row = between(draft, random, 0.3, 0.5);
      const [start = 1] = draft.loss;
      const rest = draft.rows - row;
      setLoss(draft, row, (since, _row, before) => before + (size * start * since) / rest);
      return { rules: ['diverging-loss'], row: row + Math.round(rest / 3) };
    },
  },
  {
    name: 'layers die',
    families: STACKS,
    sizes: [1],
    inject(draft, _size, random) {
      const row = between(draft, random, 0.1, 0.5);
      const weights = weightsOf(draft);
      const dead = weights.slice(0, random.whole(2, weights.length - 1));
      holdLoss(draft, row, levelAt(draft.loss, row), 0.03, random);
      for (const [i, weight] of dead.entries()) {
        weight.values.fill(0, row);
        if (i < dead.length - 1) {
          biasOf(draft, weight)?.values.fill(0, row);
        }
      }
      sumLayers(draft);
      return { rules: ['dead-layer'], row };
    },
  },
  {
    name: 'layers are dead from the first row',
    families: STACKS,
    sizes: [1],
    inject(draft, _size, random) {
      const weights = weightsOf(draft);
      const dead = weights.slice(0, random.whole(2, weights.length - 1));
      holdLoss(draft, 0, draft.loss[0] ?? 1, 0.03, random);
      for (const [i, weight] of dead.entries()) {
        weight.values.fill(0);
        if (i < dead.length - 1) {
          biasOf(draft, weight)?.values.fill(0);
        }
      }
      sumLayers(draft);
      return { rules: ['dead-layer'], row: 0 };
    },
  },
  {
    name: 'gradient decays over depth, nothing is learned',
    families: STACKS,
    sizes: [1, 0.4, 0.1],
    inject(draft, size, random) {
      const weights = weightsOf(draft);
      holdLoss(draft, 0, draft.loss[0] ?? 1, random.between(0.003, 0.1), random);
      for (const [i, weight] of weights.entries()) {
        const factor = size ** (weights.length - 1 - i);
        for (const column of [weight.values, biasOf(draft, weight)?.values ?? []]) {
          for (let row = 0; row < column.length; row++) {
            column[row] = (column[row] ?? 0) * factor;
          }
        }
      }
      sumLayers(draft);
      return { rules: ['vanishing-gradient'], row: 0 };
    },
  },
  {
    name: 'gradient decays over depth from an onset',
    families: STACKS,
    sizes: [1, 0.3, 0.05],
    inject(draft, size, random) {
      const row = between(draft, random, 0.15, 0.4);
      const weights = weightsOf(draft);
      const [start = 1] = draft.loss;
      for (let i = 0; i < draft.rows; i++) {
        draft.loss[i] = start * (i < row ? 1 - (0.2 * i) / row : 0.8) * Math.exp(0.02 * random.normal());
      }
      for (const [i, weight] of weights.entries()) {
        const factor = size ** (weights.length - 1 - i);
        for (const column of [weight.values, biasOf(draft, weight)?.values ?? []]) {
          for (let at = row; at < column.length; at++) {
            column[at] = (column[at] ?? 0) * factor;
          }
        }
      }
      sumLayers(draft);
      return { rules: ['vanishing-gradient'], row };
    },
  },
  {
    name: 'gradient grows over depth',
    families: STACKS,
    sizes: [1, 1.5, 12],
    inject(draft, size, random) {
      const weights = weightsOf(draft);
      holdLoss(draft, 0, draft.loss[0] ?? 1, 0.1, random);
      for (const [i, weight] of weights.entries()) {
        const factor = size ** (weights.length - 1 - i);
        for (const column of [weight.values, biasOf(draft, weight)?.values ?? []]) {
          for (let row = 0; row < column.length; row++) {
            column[row] = (column[row] ?? 0) * factor;
          }
        }
      }
      sumLayers(draft);
      return { rules: ['exploding-gradient'], row: 0 };
    },
  },
  {
    name: 'the whole norm collapses without learning',
    families: ['classifier, whole norm'],
    sizes: [2, 30, 1e4],
    inject(draft, size, random) {
      const row = between(draft, random, 0.1, 0.4);
      holdLoss(draft, 0, draft.loss[0] ?? 1, 0.01, random);
      scale(draft, row, () => 1 / size);
      return { rules: ['vanishing-gradient', 'loss-plateau'], row: 0 };
    },
  },
  {
    name: 'comes to rest without learning',
    families: STACKS,
    sizes: [0.6, 0.15, 0.05],
    inject(draft, size, random) {
      const [start = 1] = draft.loss;
      const row = Math.round(draft.rows * 0.1);
      for (let i = 0; i < draft.rows; i++) {
        draft.loss[i] = start * (1 - size * Math.min(1, i / row)) * Math.exp(0.003 * random.normal());
        for (const column of gradientsOf(draft)) {
          column[i] = (column[0] ?? 1) * (1 - 0.9 * Math.min(1, i / row)) * Math.exp(0.1 * random.normal());
        }
      }
      return { rules: ['loss-plateau'], row };
    },
  },
  {
    name: 'never moves, under less and less noise',
    families: ['classifier', 'classifier, whole norm', 'convolutions'],
    sizes: [0.5, 0.2, 0.05, 0.005],
    isMild: true,
    inject(draft, size, random) {
      holdLoss(draft, 0, draft.loss[0] ?? 1, size, random);
      for (const column of gradientsOf(draft)) {
        const [first = 1] = column;
        column.forEach((_, row) => {
          column[row] = first * Math.exp(0.2 * random.normal());
        });
      }
      return { rules: ['loss-plateau'], row: 0 };
    },
  },
  {
    name: 'oscillates with growing swings',
    families: ['classifier, whole norm', 'classifier, loss alone'],
    sizes: [0.02, 0.3, 1],
    isMild: true,
    inject(draft, size, random) {
      const [start = 1] = draft.loss;
      for (let i = 0; i < draft.rows; i++) {
        const swing = size * (0.1 + i / draft.rows);
        draft.loss[i] = Math.max(
          0.01,
          start * (1 + (i % 2 === 0 ? swing : -swing / 2) + 0.02 * random.normal()),
        );
      }
      return { rules: ['oscillating-loss', 'diverging-loss'], row: Math.round(draft.rows / 3) };
    },
  },
  {
    name: 'gradients add up',
    families: ['classifier, whole norm', 'classifier'],
    sizes: [1, 6, 60],
    inject(draft, size, random) {
      const level = levelAt(draft.loss, 4);
      for (const column of gradientsOf(draft)) {
        const [first = 1] = column;
        column.forEach((_, row) => {
          column[row] = first * (1 + (size * row) / draft.rows) * Math.exp(0.1 * random.normal());
        });
      }
      holdLoss(draft, 1, level * 1.3, 0.1, random);
      return { rules: ['exploding-gradient'], row: Math.round(draft.rows * 0.1) };
    },
  },
  {
    name: 'loss scale collapses',
    families: ['classifier', 'pretraining'],
    sizes: [2, 12, 20],
    inject(draft, size, random) {
      const row = between(draft, random, 0.3, 0.6);
      const takes = Math.max(1, (draft.rows - row) / (size + 1));
      const lossScale = Array.from({ length: draft.rows }, (_, i) =>
        i < row ? 65536 : 65536 / 2 ** Math.min(size, Math.floor((i - row) / takes)),
      );
      Object.assign(draft, { lossScale });
      return { rules: ['loss-scale-collapse'], row };
    },
  },
  {
    name: 'the rate is zero',
    families: ['classifier', 'pretraining'],
    sizes: [0.02, 0.3, 0.6],
    inject(draft, size, random) {
      const from = Math.round(draft.rows * (1 - size));
      const rate = draft.loss.map((_, row) => (row >= from ? 0 : 3.1415e-4 * (1 - 0.5 * (row / from))));
      holdLoss(draft, from, levelAt(draft.loss, from), 0.05, random);
      Object.assign(draft, { rate });
      return { rules: ['learning-rate-zero'], row: from };
    },
  },
  {
    name: 'the norm is logged after clipping',
    families: ['classifier, whole norm', 'small batch', 'pretraining'],
    sizes: [0.005, 0.2, 0.6],
    isMild: true,
    inject(draft, size) {
      const sorted = [...draft.norm].sort((a, b) => a - b);
      const bound = sorted[Math.floor((1 - size) * (draft.rows - 1))] ?? 1;
      draft.norm.forEach((value, row) => {
        draft.norm[row] = Math.min(value, bound);
      });
      return { rules: ['norm-after-clipping'], row: draft.norm.findIndex((value) => value >= bound) };
    },
  },
];

for (const fault of FAULTS) {
  for (const family of fault.families) {
    if (!FAMILY_NAMES.includes(family)) {
      throw new Error(`no family ${family}`);
    }
  }
}

/** A run of a family with a fault in it. */
export function injected(fault: Fault, draft: Draft, size: number, seed: number): Injection {
  return fault.inject(draft, size, randomOf(seed));
}
