import type { Points, Series } from './series';

/** Values of these kinds differ by orders of magnitude: what is usual of them is a mean of their logarithms. */
const LOGARITHMIC: ReadonlySet<Series['kind']> = new Set([
  'grad-norm',
  'grad-max',
  'weight-norm',
  'update-ratio',
]);

/** Whether a series is smoothed in powers of ten: never one whose values may be negative. */
export function isSmoothedInDecades({ kind, statistic }: Pick<Series, 'kind' | 'statistic'>): boolean {
  return LOGARITHMIC.has(kind) && statistic !== 'mean';
}

/**
 * Exponential moving average of a series at some of its points, bias-corrected so that it starts at the first value.
 * Computed over every logged point, not over the picked ones, so it does not depend on the zoom. NaN where the point itself is not
 * finite, or with `inDecades` not positive: such points count for nothing.
 * @param weight share of the past in each new value, 0 to below 1
 * @param indices ascending or not; positions in the series
 * @param inDecades averages the logarithms
 */
export function smoothedAt(
  points: Points,
  weight: number,
  indices: Uint32Array,
  inDecades: boolean,
): Float64Array<ArrayBuffer> {
  const order = Uint32Array.from(indices.keys()).sort((a, b) => indices[a]! - indices[b]!);
  const result = new Float64Array(indices.length);
  let mean = 0;
  let mass = 0;
  let next = 0;
  for (let at = 0; at < points.length && next < order.length; at++) {
    const value = points.value(at);
    const counts = Number.isFinite(value) && (value > 0 || !inDecades);
    if (counts) {
      mass = mass * weight + (1 - weight);
      mean = mean * weight + (inDecades ? Math.log(value) : value) * (1 - weight);
    }
    while (next < order.length && indices[order[next]!] === at) {
      result[order[next]!] = !counts ? Number.NaN : inDecades ? Math.exp(mean / mass) : mean / mass;
      next++;
    }
  }
  return result;
}
