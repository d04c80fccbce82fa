import { levelNoise } from './factsLossLevel';
import { median } from './stats';

/** trainproof's TP-DIVERGE. */
const OVER_BEST = 1.5;
/** Less than a quarter of the gain is a bad patch of data. */
const LOST_SHARE = 0.25;
const NOISE_SIGMAS = 3;
/** Half of what trainproof asks of the end: a loss on its way there has left its level. */
const LEFT = 0.25;
/** Twice that where the factor is not reached. */
const CLEAR_SIGMAS = 6;
const CLEAR_GAIN = 0.05;
/** A noise estimated from few levels is itself uncertain: at 12 levels it counts 1.7 times, at 64 1.1 times. */
const FEW_LEVELS = 8;
const FEWEST_WINDOWS = 3;

/** A loss that went up for good. */
export interface LossRise {
  readonly window: number;
  readonly best: number;
  readonly end: number;
  /** Above this it had left the band around its best: the onset is where it does so for good, not half the way up. */
  readonly left: number;
}

/** Where the levels rose over their best and never came back. */
export function lastingLossRise(levels: Float64Array, start: number): LossRise | null {
  const known = Array.from(levels.keys()).filter((window) => !Number.isNaN(levels[window] ?? Number.NaN));
  if (known.length < FEWEST_WINDOWS + 1) {
    return null;
  }
  const level = (at: number): number => levels[known[at] ?? 0] ?? Number.NaN;
  const noise = levelNoise(levels) * (1 + FEW_LEVELS / known.length);
  const end = median(
    known.slice(-Math.max(FEWEST_WINDOWS, Math.ceil(known.length / 10))).map((w) => levels[w] ?? Number.NaN),
  );
  let best = Number.POSITIVE_INFINITY;
  let bestAt = 0;
  for (let at = 0; at < known.length; at++) {
    // A single low window is luck: the best level is one that two neighbours share.
    const here = at === 0 ? level(0) : Math.max(level(at), Math.min(level(at - 1), level(at + 1)));
    if (here < best) {
      best = here;
      bestAt = at;
    }
  }
  const gain = start - best;
  const risen = end - best;
  // Where little was to be gained, losing all of it and more is divergence too, if both stand far out of the noise.
  const lostAll =
    gain > CLEAR_GAIN * Math.abs(start) &&
    gain >= CLEAR_SIGMAS * noise &&
    risen >= gain &&
    risen >= CLEAR_SIGMAS * noise;
  const byRatio = best > 0 ? end >= OVER_BEST * best : gain > 0 && risen >= 2 * LOST_SHARE * gain;
  if (
    !(byRatio || lostAll) ||
    risen < LOST_SHARE * gain ||
    risen < NOISE_SIGMAS * noise ||
    isOfTails(levels, best, end)
  ) {
    return null;
  }
  // A third of the way up: noise around the new level must not cut its stretch short.
  const third = risen / 3;
  const since = (height: number, until: number): number => {
    let first = until;
    for (let at = until - 1, below = 0; at > bestAt; at--) {
      below = level(at) < height ? below + 1 : 0;
      if (below >= 2) {
        break;
      }
      first = below === 0 ? at : first;
    }
    return first;
  };
  const high = since(best + third, known.length);
  // Where it went far up it was plain long before: out of the noise, by a part of what had been learned. Noise grows with a loss that
  // grows by factors: that of its logarithm is the same throughout.
  const factor = CLEAR_SIGMAS * levelNoise(levels.map(Math.log10)) * (1 + FEW_LEVELS / known.length);
  const byFactor = best > 0 && Number.isFinite(factor) ? best * (10 ** factor - 1) : Number.POSITIVE_INFINITY;
  const clear = Math.min(CLEAR_SIGMAS * noise, byFactor);
  const left = best + Math.min(third, Math.max(clear, LOST_SHARE * gain, LEFT * Math.abs(best)));
  const first = since(left, high);
  return known.length - high < FEWEST_WINDOWS ? null : { window: known[first] ?? 0, best, end, left };
}

/**
 * Near zero a loss is that of its few hard examples, and goes up and down by powers of ten: there the rise must also stand
 * out of the scatter on the logarithm.
 */
function isOfTails(levels: Float64Array, best: number, end: number): boolean {
  return best > 0 && Math.log10(end / best) < NOISE_SIGMAS * levelNoise(levels.map(Math.log10));
}
