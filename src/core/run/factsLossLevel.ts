import type { RunFacts } from './facts';
import { type Curve, indexAtTime } from './factsTimeline';
import { median, robustSigma } from './stats';

/** Median of up to `rows` finite values that end just before (negative) or start at (positive) a time; NaN when none. */
export function medianAround(curve: Curve, time: number, rows: number): number {
  const at = indexAtTime(curve, time);
  const slice = rows < 0 ? curve.value.slice(Math.max(0, at + rows), at) : curve.value.slice(at, at + rows);
  return median(slice.filter(Number.isFinite));
}

/** Robust sigma of window medians around their neighbours: what a level differs by without a reason. */
export function levelNoise(levels: Float64Array): number {
  const known = levels.filter((level) => !Number.isNaN(level));
  return robustSigma(known.subarray(1).map((level, i) => level - (known[i] ?? 0))) / Math.SQRT2;
}

/** First row at or after a window's start for which `holds`; the window's first row when there is none. */
export function firstRowWhere(curve: Curve, from: number, holds: (value: number) => boolean): number {
  const start = Math.min(indexAtTime(curve, from), curve.length - 1);
  for (let i = start; i < curve.length; i++) {
    if (holds(curve.value[i] ?? Number.NaN)) {
      return i;
    }
  }
  return start;
}

/** Why the loss cannot be read as "lower is better"; null when it can. */
export function whyLossIsSilent(facts: RunFacts): string | null {
  if (facts.lossCurve === null) {
    return 'no training loss is logged';
  }
  switch (facts.lossRole) {
    case 'adversarial':
      return 'adversarial losses need not fall';
    case 'policy':
      return 'the losses of a policy, a critic and of temporal differences need not fall';
    default:
      return facts.progress === null ? 'the loss has no finite values' : null;
  }
}
