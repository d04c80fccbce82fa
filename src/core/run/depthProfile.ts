import type { Points } from './series';
import { median } from './stats';

/** One value per layer, first to last, as last logged at or before a step. */
export interface DepthProfile {
  /** NaN also where nothing was logged yet: then the line is 0. */
  readonly values: Float64Array<ArrayBuffer>;
  readonly steps: Float64Array<ArrayBuffer>;
  readonly lines: Uint32Array<ArrayBuffer>;
}

export function depthProfile(layers: readonly Points[], step: number): DepthProfile {
  const profile: DepthProfile = {
    values: new Float64Array(layers.length).fill(Number.NaN),
    steps: new Float64Array(layers.length).fill(Number.NaN),
    lines: new Uint32Array(layers.length),
  };
  layers.forEach((points, layer) => {
    // From the end: of a restarted run, the newest record of a step counts.
    let best = -1;
    for (let at = points.length - 1; at >= 0; at--) {
      const here = points.step(at);
      if (here <= step && (best < 0 || here > points.step(best))) {
        best = at;
        if (here === step) {
          break;
        }
      }
    }
    if (best >= 0) {
      profile.values[layer] = points.value(best);
      profile.steps[layer] = points.step(best);
      profile.lines[layer] = points.line(best);
    }
  });
  return profile;
}

/**
 * One value per layer over a window of steps, both ends included: the median, so that a spike inside it does not stand
 * for all of it. A layer most of whose values are NaN or infinite is NaN, as it is where nothing was logged (line 0).
 * `steps` and `lines` are those of the last record in the window.
 */
export function windowProfile(layers: readonly Points[], from: number, to: number): DepthProfile {
  const profile: DepthProfile = {
    values: new Float64Array(layers.length).fill(Number.NaN),
    steps: new Float64Array(layers.length).fill(Number.NaN),
    lines: new Uint32Array(layers.length),
  };
  layers.forEach((points, layer) => {
    const values: number[] = [];
    for (let at = 0; at < points.length; at++) {
      const step = points.step(at);
      if (step >= from && step <= to) {
        const value = points.value(at);
        // Beyond all numbers, so that the middle one is a number only where most are.
        values.push(Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
        profile.steps[layer] = step;
        profile.lines[layer] = points.line(at);
      }
    }
    if (values.length > 0) {
      const middle = median(values);
      profile.values[layer] = Number.isFinite(middle) ? middle : Number.NaN;
    }
  });
  return profile;
}

/**
 * Factor by which the norm changes from one layer to the next, first to last: the slope of a least-squares line
 * through log10 of the positive values. Below 1 it falls with depth; a vanishing gradient falls towards the input,
 * so it lies well above 1. NaN with fewer than three positive values.
 */
export function changePerLayer(values: ArrayLike<number>): number {
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXx = 0;
  let sumXy = 0;
  for (let x = 0; x < values.length; x++) {
    const value = values[x]!;
    if (value > 0 && Number.isFinite(value)) {
      const y = Math.log10(value);
      n++;
      sumX += x;
      sumY += y;
      sumXx += x * x;
      sumXy += x * y;
    }
  }
  return n < 3 ? Number.NaN : 10 ** ((n * sumXy - sumX * sumY) / (n * sumXx - sumX * sumX));
}
