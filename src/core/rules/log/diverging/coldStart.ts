import type { LossRise } from '../../../run/factsLossRise';
import { type Curve, middleOf } from '../../../run/factsTimeline';
import { jumpiness } from '../../../run/jumpiness';
import { RowFold } from '../../../run/rowFold';
import { median, quantile } from '../../../run/stats';

/** Nine tenths of at least eight later rows a fifth above the first value, their median half as much again. */
const FEWEST_ROWS = 8;
const SHARE = 0.9;
const ABOVE = 1.2;
const FACTOR = 1.5;
/** Of all rows, those of the second half that are back at the first value: where some are, the first was a lucky batch. */
const COMES_BACK = 0.005;
/** The first row is one batch: what lies above it must stand out of the scatter of rows, on the logarithm. */
const CLEAR_SIGMAS = 4;
/** A loss that was thrown up came down again within the first half of the run, or of its first rows. */
const EARLY_ROWS = 4096;
const THROWN = 3;
const THROWN_ROWS = 3;
/** Of the later rows: what is usual there is no blow, however far a first, lucky batch lies below it. */
const USUAL = 0.99;
/** Below this the run gained what the mean of the targets alone is worth. */
const NOTHING_GAINED = 0.9;

/** Rows between two remembered counts. */
const BLOCK = 512;

/** Rows after the first that are not far above it; those that are not finite are neither. */
const nearFirstRow = new RowFold(
  () => ({ finite: 0, near: 0, nearAtBlock: [] as number[] }),
  (state, { value }, row) => {
    if (row % BLOCK === 0) {
      state.nearAtBlock.push(state.near);
    }
    state.finite += Number(row > 0 && Number.isFinite(value[row]));
    state.near += Number(isNear(value, row));
  },
);

function isNear(value: Float64Array, row: number): boolean {
  return row > 0 && Number.isFinite(value[row]) && value[row]! < ABOVE * value[0]!;
}

/** How many rows before this one are near the first. */
function nearBefore(loss: Curve, row: number): number {
  const block = Math.floor(row / BLOCK);
  let near = nearFirstRow.of(loss).nearAtBlock[block] ?? 0;
  for (let at = block * BLOCK; at < row; at++) {
    near += Number(isNear(loss.value, at));
  }
  return near;
}

/** A loss that left its first value upward at once and never came back, before any level could form. */
export function leftAtOnce(loss: Curve): LossRise | null {
  const first = loss.value[0] ?? Number.NaN;
  const { finite, near } = nearFirstRow.of(loss);
  const late = near - nearBefore(loss, loss.length >> 1);
  if (!(first > 0) || finite < FEWEST_ROWS || near > (1 - SHARE) * finite || late > COMES_BACK * finite) {
    return null;
  }
  const later = loss.value.subarray(1).filter(Number.isFinite);
  const end = median(later.subarray(-Math.max(3, Math.ceil(later.length / 10))));
  // The rows' order is not needed any more.
  const middle = middleOf(later);
  return middle >= FACTOR * first && isClear(loss, middle / first)
    ? { window: 0, best: first, end, left: ABOVE * first }
    : null;
}

/** A loss that was thrown far up in the first rows and came back no further than to where it had begun. */
export interface Thrown {
  /** Row at which it left. */
  readonly row: number;
  readonly first: number;
  readonly highest: number;
  readonly highestRow: number;
}

/** @param end the loss at the end of the run */
export function thrownAtOnce(loss: Curve, end: number): Thrown | null {
  const first = loss.value[0] ?? Number.NaN;
  if (!(first > 0) || !(end >= NOTHING_GAINED * first) || loss.length < FEWEST_ROWS) {
    return null;
  }
  const later = quantile(loss.value.slice(Math.max(loss.length >> 1, loss.length - EARLY_ROWS)), USUAL);
  let [row, rows, highestRow] = [-1, 0, 0];
  for (let i = 1; i < Math.min(loss.length / 2, EARLY_ROWS); i++) {
    const here = loss.value[i] ?? Number.NaN;
    if (here >= FACTOR * first) {
      row = row < 0 ? i : row;
      rows++;
      highestRow = here > (loss.value[highestRow] ?? 0) ? i : highestRow;
    }
  }
  const highest = loss.value[highestRow] ?? Number.NaN;
  return rows >= THROWN_ROWS && highest >= THROWN * Math.max(first, later) && isClear(loss, highest / first)
    ? { row, first, highest, highestRow }
    : null;
}

function isClear(loss: Curve, ratio: number): boolean {
  return !(Math.log10(ratio) < CLEAR_SIGMAS * jumpiness(loss));
}
