import { type Kernel, zipKernel } from '../kernel';
import { featureCount, foldedCount, positionCount, type Shape } from '../shape';
import { type Flow, foldGrad, type Tape } from '../tape';

/**
 * Softmax attention at initialisation. Scores s = q·k·scale have variance scale²·d·E q²·(E k² − E kk') over keys, so the
 * weights are near 1/T with Σ a² ≈ exp(var)/T. The output keeps what values share; queries and keys get their gradient
 * only through the differences of weights, which is why they lie a decade or two below the projections.
 */
export function attend(
  tape: Tape,
  query: Flow,
  key: Flow,
  value: Flow,
  heads: number,
  factor: number,
  shape: Shape,
): Flow {
  const targets = Math.max(1, positionCount(query.shape) / foldedCount(query.shape));
  const tokens = Math.max(1, positionCount(key.shape) / foldedCount(key.shape));
  const width = Math.max(1, featureCount(query.shape) / heads);
  const q = query.kernel;
  const k = key.kernel;
  const v = value.kernel;
  const gap = factor * factor * width;
  const keysApart = Math.max(0, k[0] - k[1]);
  const keysApartOther = k[2] - k[3];
  // Large scores leave one key in charge up to the chance that the two best are close (gap of order σ / √(2 ln T)).
  const share = (cov: number) => {
    const spread = Math.sqrt(Math.max(0, cov));
    const largest = 1 / (1 + Math.sqrt(2 * Math.log(Math.max(2, tokens))) / Math.max(spread, 1e-9));
    return Math.max(1 / tokens, Math.min(largest, Math.exp(Math.min(30, cov)) / tokens));
  };
  const own = share(gap * q[0] * keysApart);
  const other = share(gap * q[1] * keysApart);
  const sample = share(gap * q[2] * keysApartOther);
  const both = share(gap * q[3] * keysApartOther);
  const valuesApart = Math.max(0, v[0] - v[1]);
  const valuesApartOther = v[2] - v[3];
  const kernel: Kernel = [
    v[1] + valuesApart * own,
    v[1] + valuesApart * other,
    v[3] + valuesApartOther * sample,
    v[3] + valuesApartOther * both,
  ];
  return tape.add({
    shape,
    mean: value.mean,
    kernel,
    back: (grad) => {
      const g = foldGrad(grad, positionCount(shape));
      const ratio = targets / tokens;
      // Values: Σ_i a_ij δ_i.
      const summed = (near: number, far: number, a: number) =>
        ratio * (a * near + (Math.max(0, targets - 1) / tokens) * far);
      const others = (ratio * (targets - 1)) / tokens;
      tape.sendSpread(value, [
        summed(g[0], g[1], own),
        ratio * (g[0] / tokens) + others * g[1],
        summed(g[2], g[3], sample),
        ratio * (g[2] / tokens) + others * g[3],
      ]);
      // Scores: a (δ·v − mean), second moments for the same weight matrices.
      const apart: Kernel = [valuesApart, valuesApart, valuesApartOther, valuesApartOther];
      const flow = zipKernel(g, apart, (a, b) => factor * factor * width * a * b);
      // Σ a²(δ·v − mean)² falls to zero where one weight is 1.
      const sharpen: Kernel = [
        own * (1 - own),
        other * (1 - other),
        sample * (1 - sample),
        both * (1 - both),
      ];
      tape.sendSpread(query, [
        flow[0] * keysApart * sharpen[0],
        flow[1] * keysApart * sharpen[1],
        flow[2] * keysApartOther * sharpen[2],
        flow[3] * keysApartOther * sharpen[3],
      ]);
      const near =
        (ratio / tokens) * (sharpen[0] * tokens) * (flow[0] * q[0] + (targets - 1) * flow[1] * q[1]);
      const nearOther =
        (ratio / tokens) * (sharpen[2] * tokens) * (flow[2] * q[2] + (targets - 1) * flow[3] * q[3]);
      // Gradients of the scores sum to zero over keys.
      const rest = tokens > 1 ? -1 / (tokens - 1) : 0;
      tape.sendSpread(key, [near, near * rest, nearOther, nearOther * rest]);
    },
  });
}

/**
 * Σ_t w_t v_t over `tokens` places, w being weights of any origin: what values share is multiplied by (Σ w)², what they do
 * not by Σ w². A weight's gradient is δ·v.
 */
export function weightedSum(tape: Tape, weights: Flow, value: Flow, tokens: number, shape: Shape): Flow {
  const { kernel: v } = value;
  const { kernel: w } = weights;
  const whole = (tokens * weights.mean) ** 2;
  const squares = tokens * Math.max(w[0], weights.mean * weights.mean);
  const apart = Math.max(0, v[0] - v[1]);
  const kernel: Kernel = [
    v[1] * whole + apart * squares,
    v[1] * whole + apart * tokens * w[1],
    v[3] * whole + Math.max(0, v[2] - v[3]) * tokens * w[2],
    v[3] * whole,
  ];
  const width = featureCount(value.shape);
  return tape.add({
    shape,
    mean: value.mean * tokens * weights.mean,
    kernel,
    back: (grad) => {
      const targets = Math.max(1, positionCount(shape) / foldedCount(shape));
      const g = foldGrad(grad, positionCount(shape));
      const flat = weights.mean * weights.mean;
      const [near, other] = [targets * g[0], targets * g[2]];
      tape.sendSpread(value, [
        near * Math.max(w[0], flat) + targets * (targets - 1) * flat * g[1],
        flat * targets * (g[0] + (targets - 1) * g[1]),
        other * Math.max(w[2], flat) + targets * (targets - 1) * flat * g[3],
        flat * targets * (g[2] + (targets - 1) * g[3]),
      ]);
      tape.sendSpread(weights, [
        width * g[0] * v[0],
        width * g[0] * v[1],
        width * g[2] * v[2],
        width * g[2] * v[3],
      ]);
    },
  });
}
