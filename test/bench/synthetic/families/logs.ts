import { frozenBody, sparse, stack } from '../layers';
import { classifier, type Family, summed } from './course';

/** Precision, length and form of a log, and models whose parts are at rest. */
export const LOGS: Readonly<Record<string, Family>> = {
  'half precision': {
    rows: [60, 600],
    draw: (random) => ({
      ...classifier(random),
      finish(draft) {
        const lossScale: number[] = [];
        const settles = random.whole(1, 5);
        let scale = 65536;
        for (let row = 0; row < draft.rows; row++) {
          const overflows = row < settles || (row % 97 === 96 && row > 60);
          scale = overflows ? scale / 2 : row % 97 === 50 ? scale * 2 : scale;
          lossScale.push(scale);
          draft.norm[row] = overflows
            ? random.pick([Number.NaN, Number.POSITIVE_INFINITY])
            : (draft.norm[row] ?? 1);
        }
        return { ...draft, lossScale: random.chance(0.6) ? lossScale : null };
      },
    }),
  },
  'heavy tails': {
    rows: [150, 1500],
    draw: (random) => ({
      ...classifier(random),
      finish(draft) {
        for (let row = 0; row < draft.rows; row++) {
          draft.norm[row] = (draft.norm[row] ?? 1) * (random.chance(0.02) ? random.uniform() ** -0.6 : 1);
        }
        return undefined;
      },
    }),
  },
  resumed: {
    rows: [80, 400],
    draw: (random) => ({
      ...classifier(random),
      finish(draft) {
        const row = random.whole(Math.floor(draft.rows * 0.4), Math.floor(draft.rows * 0.7));
        const jump = random.between(1, 1.4);
        for (let i = row; i < Math.min(draft.rows, row + 4); i++) {
          draft.loss[i] = (draft.loss[i] ?? 1) * jump;
          draft.norm[i] = (draft.norm[i] ?? 1) * jump ** 3;
        }
        return { ...draft, restarts: [{ row, back: random.whole(1, Math.floor(row / 2)) }] };
      },
    }),
  },
  'frozen body': { rows: [30, 300], draw: (random) => ({ ...classifier(random), net: frozenBody }) },
  'experts and tables': { rows: [60, 400], draw: (random) => ({ ...classifier(random), net: sparse }) },
  'deep residual': { rows: [40, 250], draw: (random) => ({ ...classifier(random), net: stack(16, 60) }) },
  short: {
    rows: [6, 20],
    draw: (random) => ({ ...classifier(random), ...(random.chance(0.5) ? { net: stack(3, 5) } : {}) }),
  },
  long: {
    rows: [20_000, 60_000],
    draw: (random) => ({ ...classifier(random), lossNoise: 0.3, normNoise: 0.5 }),
  },
  'printed briefly': {
    rows: [40, 400],
    draw: (random) => ({ ...classifier(random), net: stack(3, 6), digits: 2 }),
  },
  'summed loss': { rows: [40, 400], draw: (random) => summed(random, classifier(random)) },
};
