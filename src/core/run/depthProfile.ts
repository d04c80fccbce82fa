import type { Points } from './series';

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
