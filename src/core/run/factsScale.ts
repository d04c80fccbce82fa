import { type Curve, indexAtTime } from './factsTimeline';
import { RowFold } from './rowFold';
import { median } from './stats';

/** How a norm answers when the loss scale changes. */
export interface ScaleTrace {
  /** Changes of the scale that could be looked at. */
  readonly changes: number;
  /** Those at which the norm changed by the same power of two. */
  readonly following: number;
}

/** Rows on each side of a change that are compared; fewer when the next change is nearer. */
const ROWS = 4;
/** Changes that are looked at, spread over the run. */
const MOST_CHANGES = 64;
/**
 * Noise follows a change of one power of two by chance in about one case in four (row noise of 0.6 in the logarithm): four of
 * five must, in a scale that went up and down. In one direction alone a decaying norm would too: then six changes.
 */
const FOLLOWING = 0.8;
const FEWEST = 3;
const FEWEST_ONE_WAY = 6;

/** Rows at which the scale differs from the row before. */
const changesOf = new RowFold<number[]>(
  () => [],
  (rows, { value }, row) => {
    const before = value[row - 1] ?? Number.NaN;
    const here = value[row] ?? Number.NaN;
    if (before > 0 && here > 0 && before !== here) {
      rows.push(row);
    }
  },
);

/** Whether a norm contains the loss scale, as gradients do that were logged before `unscale_`; null when it does not. */
export function traceOfScale(norm: Curve, scale: Curve): ScaleTrace | null {
  const rows = changesOf.of(scale);
  const stride = Math.max(1, Math.ceil(rows.length / MOST_CHANGES));
  const up = { changes: 0, following: 0 };
  const down = { changes: 0, following: 0 };
  for (let i = 0; i < rows.length; i += stride) {
    const row = rows[i] ?? 0;
    const powers = Math.log2((scale.value[row] ?? 1) / (scale.value[row - 1] ?? 1));
    const at = indexAtTime(norm, scale.time[row] ?? 0);
    const from = rowOfChange(norm, scale, rows[i - 1], 0);
    const to = rowOfChange(norm, scale, rows[i + 1], norm.length);
    const before = median(finite(norm, Math.max(from, at - ROWS), at));
    const after = median(finite(norm, at, Math.min(to, at + ROWS)));
    const answer = Math.log2(after / before);
    if (Number.isFinite(answer)) {
      const way = powers > 0 ? up : down;
      way.changes++;
      way.following += Math.abs(answer - powers) < 0.5 ? 1 : 0;
    }
  }
  const changes = up.changes + down.changes;
  const follows = [up, down].every((way) => way.following >= FOLLOWING * way.changes);
  const bothWays = up.changes > 0 && down.changes > 0;
  return follows && changes >= (bothWays ? FEWEST : FEWEST_ONE_WAY)
    ? { changes, following: up.following + down.following }
    : null;
}

/** The norm with the scale of each row divided out. Made anew each time: few logs need it. */
export function withoutScale(norm: Curve, scale: Curve): Curve {
  let row = 0;
  const value = norm.value.map((logged, index) => {
    while (row + 1 < scale.length && (scale.time[row + 1] ?? 0) <= (norm.time[index] ?? 0)) {
      row++;
    }
    const factor = scale.value[row] ?? 1;
    return factor > 0 ? logged / factor : logged;
  });
  return { ...norm, value, origin: {} };
}

function rowOfChange(norm: Curve, scale: Curve, row: number | undefined, otherwise: number): number {
  return row === undefined ? otherwise : indexAtTime(norm, scale.time[row] ?? 0);
}

function finite(curve: Curve, from: number, to: number): Float64Array {
  return curve.value.subarray(from, to).filter((value) => value > 0 && Number.isFinite(value));
}
