import type { Curve } from './factsTimeline';
import { RowFold } from './rowFold';
import { sameThroughout } from './stretches';

/** A ceiling at which a logged norm stops: gradients were clipped, and logged afterwards. */
export interface ClipCeiling {
  readonly value: number;
  /** Share of rows that sit on it. */
  readonly share: number;
  readonly firstIndex: number;
}

/** `clip_grad_norm_` scales to max_norm / (norm + 1e-6): clipped norms agree to about 1e-6 of max_norm, printed ones to a digit or two. */
const CEILING_WIDTH = 2e-3;
/** With fewer rows on the largest value a ceiling cannot be told from chance. */
const FEWEST_ON_CEILING = 3;
const CEILING_SHARE = 0.02;
/** Norms come and go at a clip value; one stretch of equal norms is a run that stands still. */
const FEWEST_STRETCHES = 3;
/** Norms reach up to a clip value continuously; equal spikes far above all others are no ceiling. */
const NEAREST_BELOW = 3;

/** How rows stand to a largest value. */
interface Tally {
  readonly top: number;
  /** Rows counted so far. */
  rows: number;
  on: number;
  justBelow: number;
  nextBelow: number;
  stretches: number;
  wasOn: boolean;
  firstIndex: number;
}

const range = new RowFold(
  () => ({
    top: Number.NEGATIVE_INFINITY,
    lowest: Number.POSITIVE_INFINITY,
    finite: 0,
    tally: newTally(Number.NaN),
  }),
  (state, { value }, row) => {
    const here = value[row] ?? Number.NaN;
    if (Number.isFinite(here)) {
      state.finite++;
      state.top = Math.max(state.top, here);
      state.lowest = Math.min(state.lowest, here);
    }
  },
);

function newTally(top: number): Tally {
  return {
    top,
    rows: 0,
    on: 0,
    justBelow: 0,
    nextBelow: 0,
    stretches: 0,
    wasOn: false,
    firstIndex: -1,
  };
}

/** A flat top of the norm: several rows at its very maximum, and nothing above. Null when there is none. */
export function clipCeiling(norm: Curve): ClipCeiling | null {
  const state = range.of(norm);
  const { top, lowest, finite } = state;
  if (!(top > 0) || lowest >= top * (1 - CEILING_WIDTH)) {
    return top > 0 && finite >= FEWEST_ON_CEILING ? { value: top, share: 1, firstIndex: 0 } : null;
  }
  // A new maximum has all rows counted against it; until then only new rows are.
  const tally = state.tally.top === top ? state.tally : newTally(top);
  state.tally = tally;
  count(norm, tally);
  const { on, justBelow, nextBelow, stretches, firstIndex } = tally;
  const isFlat =
    on >= FEWEST_ON_CEILING &&
    on >= finite * CEILING_SHARE &&
    stretches >= FEWEST_STRETCHES &&
    on > 2 * justBelow &&
    nextBelow >= top / NEAREST_BELOW;
  return isFlat ? { value: top, share: on / finite, firstIndex } : null;
}

function count({ value, length }: Curve, tally: Tally): void {
  const { top } = tally;
  for (; tally.rows < length; tally.rows++) {
    const here = value[tally.rows] ?? Number.NaN;
    if (here >= top * (1 - CEILING_WIDTH) && here <= top) {
      tally.on++;
      tally.stretches += tally.wasOn ? 0 : 1;
      tally.wasOn = true;
      tally.firstIndex = tally.firstIndex < 0 ? tally.rows : tally.firstIndex;
    } else if (here < top) {
      tally.wasOn = false;
      tally.nextBelow = Math.max(tally.nextBelow, here);
      tally.justBelow += here >= top * (1 - 20 * CEILING_WIDTH) ? 1 : 0;
    }
  }
}

/**
 * Decimals to which a log prints its numbers (4 for `0.0012`), when all of them are printed so; null for full precision
 * or exponents. Where decimals are fixed, a printed zero only says "below half a unit of the last place".
 */
export function fixedDecimals(values: Iterable<number>): number | null {
  let needed = 0;
  let nonzero = 0;
  for (const value of values) {
    if (!Number.isFinite(value) || value === 0) {
      continue;
    }
    nonzero++;
    let decimals = 0;
    while (
      decimals <= MOST_DECIMALS &&
      Math.abs(value * 10 ** decimals - Math.round(value * 10 ** decimals)) > 1e-6
    ) {
      decimals++;
    }
    if (decimals > MOST_DECIMALS) {
      return null;
    }
    needed = Math.max(needed, decimals);
  }
  return nonzero >= 3 && needed > 0 ? needed : null;
}

const MOST_DECIMALS = 8;

/** A series that never changes from a value nobody measures (0, -1) is a placeholder: "not reported", never "vanished". */
export function isPlaceholder(curve: Curve): boolean {
  const first = curve.value[0];
  if (curve.length < 2 || (first !== 0 && first !== -1)) {
    return false;
  }
  return sameThroughout.of(curve).same;
}
