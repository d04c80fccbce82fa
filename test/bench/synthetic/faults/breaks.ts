import { gradientsOf } from '../draft';
import {
  between,
  CLASSIFIERS,
  type Fault,
  holdLoss,
  levelAt,
  SMOOTH,
  scale,
  setLoss,
  WITH_NORM,
} from './fault';

/** What breaks a run, for a row or for good. */
export const BREAKS: readonly Fault[] = [
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
      // The largest has lost a quarter of what was learned by then.
      return { rules: ['diverging-loss'], row: row + Math.round(rest / 6) };
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
    name: 'thrown up in the first rows and back to the start',
    families: CLASSIFIERS,
    sizes: [1.2, 5, 1000],
    inject(draft, size, random) {
      const [start = 1] = draft.loss;
      const rows = Math.max(4, Math.round(0.1 * draft.rows));
      setLoss(
        draft,
        1,
        (since) =>
          start * Math.exp(0.05 * random.normal()) * (since < rows ? size ** (1 - since / rows) : 1.05),
      );
      return { rules: ['diverging-loss'], row: 1 };
    },
  },
  {
    name: 'gradients add up within an epoch, more and more of them',
    families: ['classifier', 'classifier, whole norm'],
    sizes: [1.5, 4, 20],
    inject(draft, size, random) {
      const [start = 1] = draft.loss;
      const period = Math.max(6, Math.floor(draft.rows / 6));
      for (const column of gradientsOf(draft)) {
        const [first = 1] = column;
        column.forEach((_, row) => {
          column[row] =
            first * (1 + ((size - 1) * (row % period)) / (period - 1)) * Math.exp(0.15 * random.normal());
        });
      }
      setLoss(draft, 0, () => start * Math.exp(0.05 * random.normal()));
      return { rules: ['exploding-gradient'], row: 0 };
    },
  },
  {
    name: 'outputs too large by the initial weights, which shrink with their layers',
    families: ['classifier', 'classifier, whole norm'],
    sizes: [0.5, 0.65, 0.95],
    inject(draft, size, random) {
      for (let row = 0; row < draft.rows; row++) {
        const level = 10 ** (5 - 3 * (row / draft.rows) ** 0.3);
        draft.loss[row] = level * Math.exp(0.2 * random.normal());
        for (const column of gradientsOf(draft)) {
          column[row] = 20 * level ** size * 10 ** (5 * (1 - size)) * Math.exp(0.2 * random.normal());
        }
      }
      return { rules: ['exploding-gradient'], row: 0 };
    },
  },
];
