import { type Curve, indexAtTime, type Moment, momentOf } from './factsTimeline';
import { median } from './stats';

/** A stretch of windows at the end of a run whose level stays far above the run's own earlier, settled level. */
export interface Rise {
  /** First window of the stretch. */
  readonly window: number;
  /** Settled level before: the lowest median of three neighbouring windows. */
  readonly baseline: number;
  /** Median level of the stretch's last half. */
  readonly level: number;
}

/**
 * A level held for twenty windows is not undone by one low one, which is a lucky batch or two; a run that came back
 * stays there for longer, and one of spikes is there in between.
 */
const LOW_WINDOWS = 0.05;

/**
 * Finds where levels (log10 per window) rose by `decades` over the settled level of the run so far and never came back.
 * The settled level is the lowest median of three windows, so that large first values of a warm-up are no baseline,
 * and one low window is none either. Null when the run ends below.
 */
export function lastingRise(levels: Float64Array, decades: number): Rise | null {
  const known = Array.from(levels.keys()).filter((window) => !Number.isNaN(levels[window] ?? Number.NaN));
  let baseline = Number.POSITIVE_INFINITY;
  let rise: { readonly at: number; readonly baseline: number } | null = null;
  let below = 0;
  let dips = 0;
  known.forEach((window, at) => {
    const level = levels[window] ?? Number.NaN;
    below = rise !== null && level < rise.baseline + decades ? below + 1 : 0;
    dips += below > 0 ? 1 : 0;
    if (rise !== null && below > 0) {
      const held = dips <= LOW_WINDOWS * (at - rise.at);
      rise = held && below === 1 && at < known.length - 1 ? rise : null;
    }
    if (rise === null && at > 0 && level >= baseline + decades) {
      rise = { at, baseline };
      dips = 0;
    }
    if (rise === null) {
      const before = known.slice(Math.max(0, at - 2), at + 1).map((w) => levels[w] ?? Number.NaN);
      baseline = Math.min(baseline, at === 0 ? level : median(before));
    }
  });
  return finish(rise, known, levels);
}

function finish(
  rise: { readonly at: number; readonly baseline: number } | null,
  known: readonly number[],
  levels: Float64Array,
): Rise | null {
  if (rise === null) {
    return null;
  }
  const stretch = known.slice(rise.at);
  const half = stretch.slice(Math.floor(stretch.length / 2));
  return {
    window: stretch[0] ?? 0,
    baseline: rise.baseline,
    level: median(half.map((window) => levels[window] ?? Number.NaN)),
  };
}

/** First point of the climb that reaches a window: walks back while the norm stays above the baseline by `decades`. */
export function startOfClimb(curve: Curve, from: number, baseline: number, decades: number): Moment {
  const limit = 10 ** (baseline + decades);
  let index = Math.min(indexAtTime(curve, from), curve.length - 1);
  while (index < curve.length - 1 && !((curve.value[index] ?? 0) >= limit)) {
    index++;
  }
  while (index > 0 && (curve.value[index - 1] ?? 0) >= limit) {
    index--;
  }
  return momentOf(curve, index);
}
