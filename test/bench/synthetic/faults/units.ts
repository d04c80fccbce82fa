import { between, type Fault, holdLoss, levelAt } from './fault';

/** What is logged, and what the optimizer is told. */
export const UNITS: readonly Fault[] = [
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
