import type { Points } from './series';

/**
 * Exponential moving average of a series at some of its points, bias-corrected so that it starts at the first value.
 * Computed over every logged point, not over the picked ones, so it does not depend on the zoom. In powers of ten
 * where all values so far are positive (norms differ by orders of magnitude), NaN where the point itself is not finite.
 * @param weight share of the past in each new value, 0 to below 1
 * @param indices ascending or not; positions in the series
 */
export function smoothedAt(points: Points, weight: number, indices: Uint32Array): Float64Array<ArrayBuffer> {
  const order = Uint32Array.from(indices.keys()).sort((a, b) => indices[a]! - indices[b]!);
  const result = new Float64Array(indices.length);
  let mean = 0;
  let meanLog = 0;
  let mass = 0;
  let allPositive = true;
  let next = 0;
  for (let at = 0; at < points.length && next < order.length; at++) {
    const value = points.value(at);
    const finite = Number.isFinite(value);
    if (finite) {
      allPositive &&= value > 0;
      mass = mass * weight + (1 - weight);
      mean = mean * weight + value * (1 - weight);
      meanLog = allPositive ? meanLog * weight + Math.log(value) * (1 - weight) : 0;
    }
    while (next < order.length && indices[order[next]!] === at) {
      result[order[next]!] = !finite ? Number.NaN : allPositive ? Math.exp(meanLog / mass) : mean / mass;
      next++;
    }
  }
  return result;
}
