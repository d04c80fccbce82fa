/**
 * Second moments of a tensor's entries over random weights, for four kinds of pairs of places the same feature is
 * seen at: [same sample and position, same sample and another position, another sample at the same position, both other].
 * A logged gradient is the mean over a batch, so the variance alone (the first entry) does not decide its norm: pairs do.
 * The pair of samples is the correlation map of Poole et al. 2016 (arXiv 1606.05340) and Schoenholz et al. 2017 (1611.01232).
 */
export type Kernel = readonly [number, number, number, number];

export const zeroKernel: Kernel = [0, 0, 0, 0];

/** All pairs alike: a value shared by every sample and position. */
export function flatKernel(value: number): Kernel {
  return [value, value, value, value];
}

export function mapKernel(k: Kernel, f: (value: number) => number): Kernel {
  return [f(k[0]), f(k[1]), f(k[2]), f(k[3])];
}

export function zipKernel(a: Kernel, b: Kernel, f: (x: number, y: number) => number): Kernel {
  return [f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2]), f(a[3], b[3])];
}

export function scaleKernel(k: Kernel, factor: number): Kernel {
  return [k[0] * factor, k[1] * factor, k[2] * factor, k[3] * factor];
}

export function addKernel(a: Kernel, b: Kernel): Kernel {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

/** Mean over all pairs of `batch` samples and `positions` positions, the pairs with itself included. */
export function pairMean(k: Kernel, batch: number, positions: number): number {
  return (
    (k[0] + (positions - 1) * k[1] + (batch - 1) * (k[2] + (positions - 1) * k[3])) / (batch * positions)
  );
}

/**
 * Second moment of one entry of a weight's gradient, (1/batch) Σ δ x over samples and positions, with δ and x
 * independent given the weights (the gradient-independence assumption of mean-field theory).
 */
export function gradientMoment(delta: Kernel, x: Kernel, batch: number, positions: number): number {
  const product = zipKernel(delta, x, (a, b) => a * b);
  return Math.max(0, pairMean(product, batch, positions)) * positions * positions;
}
