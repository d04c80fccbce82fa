import type { Run } from './run';

/** First and last step of a run, over all its restarts; Infinity and -Infinity when it has none. */
export function stepSpan(run: Pick<Run, 'segments'>): readonly [first: number, last: number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { firstStep, lastStep } of run.segments) {
    first = Math.min(first, firstStep);
    last = Math.max(last, lastStep);
  }
  return [first, last];
}
