import type { Curve } from './factsTimeline';
import { robustSigma } from './stats';

const MOST_PAIRS = 512;

/** Robust sigma of log10 of a curve from one row to the next, over sqrt 2: its scatter without a trend. NaN without positive rows. */
export function jumpiness({ value, length }: Curve): number {
  const stride = Math.max(1, Math.floor(length / MOST_PAIRS));
  const jumps: number[] = [];
  for (let i = stride; i < length; i += stride) {
    const jump = Math.log10((value[i] ?? 0) / (value[i - 1] ?? 0));
    if (Number.isFinite(jump)) {
      jumps.push(jump);
    }
  }
  return robustSigma(jumps) / Math.SQRT2;
}
