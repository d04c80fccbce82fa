/** What people are told of a log besides its curves. */
import { runNames } from '../run/namedRuns';
import type { Run } from '../run/run';
import type { LoggedSeries } from './seriesTable';

/** So often does a run go back to an earlier step only where two write into one log, each a few records at a time. */
const MANY_RESTARTS = 10;
const FEW_RECORDS = 4;
const MOST_NAMED = 6;

/** Where it cannot be told whose a line is, people are told that the curves are of several programs. */
export function sayWriters({ segments, series }: Run): string | null {
  const longest = series.reduce((most, { points }) => Math.max(most, points.length), 0);
  return segments.length >= MANY_RESTARTS && longest < segments.length * FEW_RECORDS
    ? `The steps go back ${segments.length - 1} times, every few lines: several programs seem to write into this log, and nothing on their lines tells them apart`
    : null;
}

/** Where the lines of several runs alternate, people are told so. */
export function sayRuns(run: Pick<Run, 'series'>): string | null {
  const names = runNames(run);
  return names.length === 0
    ? null
    : `The lines of ${names.length} runs alternate in this log (${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}): each has curves of its own and is judged by itself`;
}

/** Where ranks logged different numbers for a step, people are told what became of them. */
export function sayDiffering(series: readonly LoggedSeries[]): string | null {
  const differing = series.filter((one) => one.differing > 0);
  const most = differing.reduce((sum, one) => Math.max(sum, one.differing), 0);
  const [first] = differing;
  return first === undefined
    ? null
    : `Several ranks log the same steps, with different values at ${most} of them (${first.name}${differing.length > 1 ? ` and ${differing.length - 1} more` : ''}): losses are averaged, of gradients the largest counts`;
}
