/** The part of the axis that is looked at. Pure. */
import type { PictureChoice } from './picture';
import type { RunInfo } from './runInfo';

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** From the first to the last logged step of any series; one unit wide at least. */
export function fullRange({ series }: Pick<RunInfo, 'series'>): Range {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { minStep, maxStep } of series) {
    from = Math.min(from, minStep ?? from);
    to = Math.max(to, maxStep ?? to);
  }
  if (from > to) {
    return { from: 0, to: 1 };
  }
  return from === to ? { from: from - 0.5, to: to + 0.5 } : { from, to };
}

/** What is looked at: the part that was chosen, or all of it. */
export function visibleRange(run: Pick<RunInfo, 'series'>, choice: Pick<PictureChoice, 'range'>): Range {
  const whole = fullRange(run);
  const range = choice.range === null ? null : within(choice.range, whole);
  return range ?? whole;
}

/** Cut to the whole; null when that is all of it, and where nothing is left: of a log that was truncated all is shown again. */
export function within(range: Range, whole: Range): Range | null {
  const from = Math.max(range.from, whole.from);
  const to = Math.min(range.to, whole.to);
  const isAll = from <= whole.from && to >= whole.to;
  return isAll || to < from ? null : { from, to: Math.max(to, from + 1e-9) };
}
