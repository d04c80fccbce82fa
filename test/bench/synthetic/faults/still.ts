import { gradientsOf } from '../draft';
import { type Fault, holdLoss, STACKS } from './fault';

/** Runs that do not learn. */
export const STANDING_STILL: readonly Fault[] = [
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
    name: 'the output layer alone gets a gradient, of fewer and fewer numbers',
    families: ['classifier, whole norm'],
    sizes: [60, 12, 3],
    inject(draft, size, random) {
      holdLoss(draft, 0, Math.log(4), 0.004, random);
      draft.norm.forEach((_, row) => {
        const numbers = Array.from({ length: size }, () => random.normal() ** 2);
        draft.norm[row] = 0.1 * Math.sqrt(numbers.reduce((sum, one) => sum + one, 0));
      });
      return { rules: ['vanishing-gradient'], row: 0 };
    },
  },
];
