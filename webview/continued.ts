/**
 * A picture of a log that grows is continued: what is there stays, only what is new is asked for. Its columns keep the
 * width that they were first asked for, so as the picture fills they get narrower than a pixel, never wider; when they are
 * half a pixel it is asked for anew. Pure.
 */
import type { Range } from '../src/protocol/range';

/** Columns of equal width from a step on. */
export interface Columns extends Range {
  readonly columns: number;
}

/** Columns narrower than this share of a pixel are more than a picture needs. */
const NARROWEST = 0.5;
/** Of a column's width: less than that is rounding. */
const ROUNDING = 1e-6;

/**
 * The columns of a picture with more columns at its end, so that it shows the range.
 * @param columns pixel columns of the range
 * @returns null when it has to be asked for anew: the range begins before it, was zoomed, or has left most of it behind
 */
export function continued(before: Columns, range: Range, columns: number): Columns | null {
  const width = (before.to - before.from) / before.columns;
  const pixel = (range.to - range.from) / columns;
  const isInside =
    range.from >= before.from - width * ROUNDING && range.to >= before.to - width * (1 + ROUNDING);
  const isFine = width <= pixel * (1 + ROUNDING);
  if (!(width > 0) || !isInside || !isFine) {
    return null;
  }
  const count = Math.max(before.columns, Math.ceil((range.to - before.from) / width - ROUNDING));
  return count * NARROWEST > columns
    ? null
    : { from: before.from, to: before.from + count * width, columns: count };
}

/** Places of all points that have to be there, of findings; those of a finding that is new were not asked for. */
export function havePins(before: readonly number[], now: readonly number[], shownTo: number): boolean {
  return now.every((step) => step >= shownTo || before.includes(step));
}
