import type { RunFacts } from '../../../run/facts';
import { type Curve, momentOf } from '../../../run/factsTimeline';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';

const MOST_ROWS = 8192;
/** A tooth ends where the norm falls to a quarter in one row: noise of batches alone does so once in some thousand rows. */
const DROP = 4;
const FEWEST_DROPS = 3;
/** Drops come at the same distance, to a tenth. */
const REGULAR = 0.1;
const FEWEST_ROWS_A_TOOTH = 4;
/** The rows after a drop hold one batch's gradient each: they agree within a factor of two or so, and the next ones add to it. */
const ALIKE = 3;
const TEETH_THAT_CLIMB = 0.8;
/** Gradients over a tooth add up to this many times one batch's. */
const ADDED = 3;
const WORSE = 1.5;

/**
 * A norm that climbs over a fixed number of rows and falls back in one: gradients that add up until something clears them, once
 * an epoch. On purpose (accumulation over micro-batches) nothing is harmed; it is said where the loss is.
 */
export function sawtooth(facts: RunFacts, norm: Curve): Incident | null {
  const { progress, lossRole } = facts;
  const harmed =
    progress !== null &&
    lossRole === 'minimised' &&
    (progress.verdict === 'stuck' || progress.end >= WORSE * progress.best);
  if (!harmed) {
    return null;
  }
  const { value } = norm;
  const rows = Math.min(norm.length, MOST_ROWS);
  const drops = [0];
  for (let row = 1; row < rows; row++) {
    const here = value[row] ?? Number.NaN;
    if (here > 0 && here <= (value[row - 1] ?? 0) / DROP) {
      drops.push(row);
    }
  }
  const distances = drops.slice(1).map((row, i) => row - (drops[i] ?? 0));
  const period = median(distances);
  const isRegular = distances.every(
    (distance) => Math.abs(distance - period) <= Math.max(1, REGULAR * period),
  );
  if (distances.length < FEWEST_DROPS || !isRegular || period < FEWEST_ROWS_A_TOOTH) {
    return null;
  }
  const bases = drops.map((row) => value[row] ?? Number.NaN);
  const base = median(bases);
  const climbing = drops.filter((row) => (value[row + 2] ?? Number.POSITIVE_INFINITY) > (value[row] ?? 0));
  const middles = drops.map((row) =>
    median(value.slice(row + Math.floor(period / 3), Math.min(rows, row + period))),
  );
  const added = median(middles) / base;
  if (
    bases.some((one) => one > ALIKE * base || one < base / ALIKE) ||
    climbing.length < TEETH_THAT_CLIMB * drops.length ||
    !(added >= ADDED)
  ) {
    return null;
  }
  const onset = value.findIndex((one) => one >= ADDED * base);
  const at = momentOf(norm, Math.max(0, onset));
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `Gradients add up: the norm climbs from ${say(base)} to ${say(added)} times that and falls back every ${say(period)} rows, since ${sayWhen(facts, at)}, ` +
      `as when gradients are cleared once an epoch and not at each step; the loss went from ${say(progress.start)} to ${say(progress.end)}.`,
    evidence: {
      baseline: base,
      ratio: added,
      periodRows: period,
      teeth: drops.length,
      lossStart: progress.start,
      lossEnd: progress.end,
    },
    remedies: ['zero-grad', 'clip-grad-norm', 'lower-lr'],
    series: [...norm.series],
  };
}
