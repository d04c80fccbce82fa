import type { RunFacts } from '../../../run/facts';
import type { Series } from '../../../run/series';
import { median } from '../../../run/stats';

/** Most of the loss at the start: what the run is about then. */
const MOST = 0.5;
/** A half is gone of it at the end, and nothing has come back. */
const FELL = 0.5;
const STILL_LOWEST = 1.25;
/** Rows that a level is the median of, as a share of all; a part that is logged in fewer rows is not judged. */
const SHARE = 0.1;
const FEWEST_ROWS = 10;
/** Printed digits: a part may be this much above its total. */
const ROUNDED = 1.001;

/** A term of the loss that is logged beside it, and kept falling. */
export interface FallingPart {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The term that the loss mainly was at the start, where it fell by half and stays down while the total rises: then the run still
 * minimises what it is about, and other terms (a codebook, a prior that is weighted up, a penalty) have grown. A term stands in the rows
 * of the total, is positive, and never above it.
 */
export function partThatFalls({ run, loss }: RunFacts): FallingPart | null {
  if (loss === null) {
    return null;
  }
  for (const part of run.series) {
    const fall =
      part !== loss &&
      part.split === loss.split &&
      part.parameter === null &&
      (part.kind === 'loss' || part.kind === 'other') &&
      part.points.length === loss.points.length &&
      part.points.length >= FEWEST_ROWS &&
      isTerm(part, loss)
        ? fallOf(part, loss)
        : null;
    if (fall !== null) {
      return fall;
    }
  }
  return null;
}

/** In the same rows, and between nothing and the whole in each. */
function isTerm({ points: part }: Series, { points: whole }: Series): boolean {
  for (let row = 0; row < part.length; row++) {
    const value = part.value(row);
    if (part.line(row) !== whole.line(row) || !(value > 0 && value <= ROUNDED * whole.value(row))) {
      return false;
    }
  }
  return true;
}

function fallOf(part: Series, loss: Series): FallingPart | null {
  const { length } = part.points;
  const rows = Math.max(3, Math.ceil(length * SHARE));
  const level = ({ points }: Series, from: number) =>
    median(Float64Array.from({ length: rows }, (_, at) => points.value(from + at)));
  const [start, end] = [level(part, 0), level(part, length - rows)];
  let lowest = end;
  for (let from = 0; from + rows <= length; from += rows) {
    lowest = Math.min(lowest, level(part, from));
  }
  return start >= MOST * level(loss, 0) && end <= FELL * start && end <= STILL_LOWEST * lowest
    ? { name: part.name, start, end }
    : null;
}
