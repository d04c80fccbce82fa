import type { LossRole } from './factsNames';
import { type Curve, indexAtTime, type Moment, momentOf } from './factsTimeline';
import { median, robustSigma } from './stats';
import { highestValue, nonFiniteRows } from './stretches';

/** What the main training loss did, as medians, so that the noise of single batches does not decide. */
export interface Progress {
  /** At the start: the median of the first rows (1 row of a short log, up to 5). */
  readonly start: number;
  /** Rows of that median. */
  readonly startRows: number;
  /** Lowest window median. */
  readonly best: number;
  readonly bestAt: Moment;
  /** At the end: the median of the last tenth. */
  readonly end: number;
  /** (start - end) / start, for a loss that stays positive; NaN otherwise. */
  readonly improvement: number;
  /** Robust sigma of the difference between neighbouring rows, divided by sqrt 2: noise without the trend. */
  readonly noise: number;
  readonly verdict: 'learning' | 'little' | 'stuck' | 'unknown';
}

/** An improvement below this is none: what the output bias alone gives by learning the mean of the target. */
const STUCK = 0.1;
/** A loss that fell by half has learned more than marginals; in between, a judgement needs other evidence too. */
const LEARNING = 0.5;

/** Its standard error is then 0.06 sigma. */
const MEDIAN_ROWS = 512;

/** @param warmingUp the learning rate still rises at the end of the log: a loss that does not fall yet says nothing */
export function progressOf(
  loss: Curve | null,
  medians: Float64Array,
  starts: Float64Array,
  role: LossRole,
  warmingUp: boolean,
): Progress | null {
  if (loss === null) {
    return null;
  }
  const bad = nonFiniteRows.of(loss);
  const finite = loss.length - bad.total;
  if (finite < 2) {
    return null;
  }
  const valueAt = (rank: number): number => loss.value[bad.unmarked(rank)] ?? Number.NaN;
  const head = Math.min(5, Math.max(1, Math.round(finite * 0.02)));
  const tail = Math.min(finite, Math.max(3, Math.round(finite * 0.1)));
  const start = medianOf(valueAt, 0, head);
  const end = medianOf(valueAt, finite - tail, finite);
  let bestWindow = -1;
  medians.forEach((value, window) => {
    if (!Number.isNaN(value) && (bestWindow < 0 || value < (medians[bestWindow] ?? Number.NaN))) {
      bestWindow = window;
    }
  });
  const bestRow = indexAtTime(loss, starts[bestWindow] ?? 0);
  const bestRank = bestRow - bad.countBefore(bestRow);
  const best = medians[bestWindow] ?? end;
  const positive = start > 0 && best > 0;
  const improvement = positive ? (start - end) / start : Number.NaN;
  return {
    start,
    startRows: head,
    best,
    bestAt: momentOf(loss, bad.unmarked(bestRank < finite ? bestRank : 0)),
    end,
    improvement,
    noise: rowNoise(valueAt, finite),
    verdict: verdictOf(improvement, role, warmingUp),
  };
}

function verdictOf(improvement: number, role: LossRole, warmingUp: boolean): Progress['verdict'] {
  if (role !== 'minimised' || Number.isNaN(improvement)) {
    return 'unknown';
  }
  if (improvement < STUCK) {
    return warmingUp ? 'unknown' : 'stuck';
  }
  return improvement < LEARNING ? 'little' : 'learning';
}

/** Median of a stretch of finite rows, of a long one by up to about 1,000 rows spread over it. */
function medianOf(valueAt: (rank: number) => number, from: number, to: number): number {
  const stride = Math.max(1, Math.floor((to - from) / MEDIAN_ROWS));
  const values: number[] = [];
  for (let rank = from; rank < to; rank += stride) {
    values.push(valueAt(rank));
  }
  return median(values);
}

/** Up to 512 neighbouring pairs spread over the run are enough for a median. */
function rowNoise(valueAt: (index: number) => number, length: number): number {
  const stride = Math.max(1, Math.floor(length / 512));
  const differences: number[] = [];
  for (let i = stride; i < length; i += stride) {
    differences.push(valueAt(i) - valueAt(i - 1));
  }
  return robustSigma(differences) / Math.SQRT2;
}

/** A warm-up starts below half of what it has reached when the log ends. */
const WARM_UP_START = 0.5;

/** True while the learning rate of a log rises throughout and stands at its highest at the end. */
export function isWarmingUp(rate: Curve | null): boolean {
  if (rate === null || rate.length < 3) {
    return false;
  }
  const { value } = rate;
  const { highest, hasNaN } = highestValue.of(rate);
  const last = value[value.length - 1] ?? Number.NaN;
  const middle = value[value.length >> 1] ?? Number.NaN;
  return (value[0] ?? Number.NaN) < WARM_UP_START * last && middle < last && !hasNaN && highest <= last;
}
