import type { RunFacts } from '../../../run/facts';
import { medianAround } from '../../../run/factsLossLevel';
import { type Curve, indexAtTime, type Moment, momentOf } from '../../../run/factsTimeline';
import { RowFold } from '../../../run/rowFold';
import { RollingMedian, robustSigma } from '../../../run/stats';

/** Rows a baseline is taken from: long enough for a median, short enough to follow a decaying norm. */
const BASELINE_ROWS = 64;
export const FEWEST_ROWS = 8;
/** Before so many rows a spike needs a baseline of three at least, a row scatter of a factor 1.6 is granted, and the loss must have taken harm. */
const FIRST_ROWS = 3;
const FIRST_SIGMA = 0.2;
/** Large first values of a warm-up fall; none of them rises this far in one row and comes back. */
const COLD_DECADES = 3;
/** trainproof's factor; gradsnitch takes 8. */
const SPIKE_DECADES = 1;
/** As OLMo-core's 6 sigma, but robust and on the logarithm: on its own scale that rule fires on one healthy row in 350. */
const SPIKE_SIGMAS = 6;
/** Where the loss took harm as well, two weak signs are one strong: three sigmas are enough. */
const HARMFUL_SIGMAS = 3;
/** Norms printed with two digits have no smaller spread than this. */
const SMALLEST_SIGMA = 0.05;
/** Longer than this the norm has moved, not spiked. */
const LONGEST_ROWS = 16;
const HARM = 1.5;
/** A rise of less than this share of the initial loss is rounding at the bottom of a converged run. */
const MATTERS = 0.01;
const NOISE_SIGMAS = 3;
const OF_MEDIAN = 1.25;
const HUGE = 100;
const LEFT = 0.1;

/** A spike of a norm, or of a loss where no norm is logged, and what became of the loss. */
export interface Spike {
  readonly index: number;
  readonly last: number;
  readonly at: Moment;
  readonly norm: number;
  readonly baseline: number;
  /** Its first row is its highest: one batch did it, nothing built up. */
  readonly isInstant: boolean;
  /** Loss before, in the rows of the spike itself, and after; NaN when unknown. */
  readonly lossBefore: number;
  readonly lossAt: number;
  readonly lossAfter: number;
  readonly harmful: boolean;
  /** The loss is higher from a spike of a hundredfold to the end, by more than its noise. */
  readonly left: boolean;
  /** Rows until the loss was back, as a share of the run. */
  readonly recovery: number;
}

/** A row or a few that stand out of the rows before: a spike, once the loss and the rest of the run are looked at. */
interface Peak {
  readonly from: number;
  readonly baseline: number;
  highest: number;
  /** High enough without harm to the loss. */
  sure: boolean;
  last: number;
}

/** Peaks of a norm, each against the rows before it. */
export const peaks = new RowFold<{
  readonly rolling: RollingMedian;
  open: Peak | null;
  readonly closed: Peak[];
}>(
  () => ({ rolling: new RollingMedian(BASELINE_ROWS), open: null, closed: [] }),
  (state, norm, row) => {
    const value = norm.value[row] ?? Number.NaN;
    const log = value > 0 && Number.isFinite(value) ? Math.log10(value) : Number.NaN;
    const { rolling, open } = state;
    const isFirst = rolling.length < FEWEST_ROWS;
    const smallest = isFirst ? FIRST_SIGMA : SMALLEST_SIGMA;
    const sigmas = rolling.length >= FIRST_ROWS ? sigmasAbove(log, rolling, smallest) : 0;
    if (sigmas >= HARMFUL_SIGMAS) {
      const sure = sigmas >= SPIKE_SIGMAS && (!isFirst || log - rolling.median() >= COLD_DECADES);
      if (open === null) {
        state.open = { from: row, baseline: 10 ** rolling.median(), highest: row, sure, last: row };
      } else {
        open.highest = value > (norm.value[open.highest] ?? 0) ? row : open.highest;
        open.sure ||= sure;
        open.last = row;
      }
    } else if (open !== null) {
      if (row - open.from <= LONGEST_ROWS && Number.isFinite(value)) {
        state.closed.push(open);
      }
      state.open = null;
    }
    rolling.push(log);
  },
);

export function findSpikes(facts: RunFacts, norm: Curve): readonly Spike[] {
  return (
    peaks
      .of(norm)
      .closed.map((peak) => ({ spike: describe(facts, norm, peak), sure: peak.sure }))
      .filter(({ spike, sure }) => sure || spike.harmful)
      // A loss that goes on rising from there did not spike.
      .filter(({ spike }) => norm !== facts.lossCurve || !(spike.lossAfter >= spike.norm))
      .map(({ spike }) => spike)
  );
}

/** How many robust sigmas a row stands above the rows before, 0 when it is not ten times as high. */
function sigmasAbove(log: number, rolling: RollingMedian, smallest: number): number {
  const above = log - rolling.median();
  return above >= SPIKE_DECADES ? above / Math.max(smallest, rolling.sigma()) : 0;
}

function describe(facts: RunFacts, norm: Curve, peak: Peak): Spike {
  const { last } = peak;
  const at = momentOf(norm, peak.from);
  const { lossCurve, lossRole } = facts;
  const next = momentOf(norm, Math.min(last + 1, norm.length - 1)).time;
  const readable = lossCurve !== null && lossRole === 'minimised';
  const lossBefore = readable ? medianAround(lossCurve, at.time, -FEWEST_ROWS) : Number.NaN;
  const lossAfter = readable ? medianAround(lossCurve, next, FEWEST_ROWS / 2) : Number.NaN;
  const lossAt = readable ? medianAround(lossCurve, at.time, FEWEST_ROWS / 2) : Number.NaN;
  const ratio = (norm.value[peak.highest] ?? Number.NaN) / peak.baseline;
  // A loss that jumps a hundredfold was small: its own size says nothing of what the step did.
  const left =
    readable && norm !== lossCurve && ratio >= HUGE && leftItsLevel(facts, lossCurve, at.time, next);
  const harmful =
    left ||
    (lossBefore > 0 &&
      lossAfter >= HARM * lossBefore &&
      lossAfter - lossBefore >= MATTERS * Math.abs(facts.progress?.start ?? 0) &&
      lossAfter - lossBefore >= NOISE_SIGMAS * noiseBefore(lossCurve, at.time) &&
      Math.log(lossAfter / lossBefore) >= NOISE_SIGMAS * noiseBefore(lossCurve, at.time, Math.log));
  return {
    index: peak.from,
    last,
    at,
    norm: norm.value[peak.highest] ?? Number.NaN,
    baseline: peak.baseline,
    isInstant: peak.highest === peak.from,
    lossBefore,
    lossAt,
    lossAfter,
    harmful,
    left,
    recovery: left
      ? Number.POSITIVE_INFINITY
      : harmful && lossCurve !== null
        ? recoveryOf(lossCurve, next, lossBefore)
        : 0,
  };
}

/** After a spike a hundredfold high less is enough for harm: a loss that is higher from then to the end, beyond its noise. */
function leftItsLevel(facts: RunFacts, loss: Curve, at: number, next: number): boolean {
  const before = medianAround(loss, at, -2 * FEWEST_ROWS);
  const error = (NOISE_SIGMAS * OF_MEDIAN * noiseBefore(loss, at)) / Math.sqrt(FEWEST_ROWS);
  const limit = before + Math.max(error, LEFT * before);
  return (
    before > 0 &&
    medianAround(loss, next, FEWEST_ROWS) >= limit &&
    (facts.progress?.end ?? Number.NaN) >= limit
  );
}

/**
 * Robust sigma of the loss, on a scale, in the rows before a time; 0 when unknown. A loss that falls fast differs from row to
 * row by less than it falls over these rows: its trend is no noise.
 */
function noiseBefore(loss: Curve | null, time: number, scale = (value: number): number => value): number {
  if (loss === null) {
    return 0;
  }
  const at = indexAtTime(loss, time);
  const rows = loss.value
    .slice(Math.max(0, at - 2 * FEWEST_ROWS), at)
    .map(scale)
    .filter(Number.isFinite);
  const steps = rows.slice(1).map((value, i) => value - (rows[i] ?? value));
  return Math.min(robustSigma(rows) || 0, (robustSigma(steps) || 0) / Math.SQRT2);
}

/** Share of the run's rows until three rows in a row are near the loss before; Infinity when that never happens. */
function recoveryOf(loss: Curve, from: number, before: number): number {
  let calm = 0;
  const start = indexAtTime(loss, from);
  for (let i = start; i < loss.length; i++) {
    calm = (loss.value[i] ?? Number.NaN) <= 1.2 * before ? calm + 1 : 0;
    if (calm === 3) {
      return (i - start - 1) / loss.length;
    }
  }
  return Number.POSITIVE_INFINITY;
}
