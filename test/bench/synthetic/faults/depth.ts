import { biasOf, sumLayers, weightsOf } from '../draft';
import { between, type Fault, holdLoss, levelAt, STACKS, scale } from './fault';

/** What a gradient loses, or gains, on its way through the layers. */
export const OVER_DEPTH: readonly Fault[] = [
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
];
