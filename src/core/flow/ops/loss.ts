import { activationNamed } from '../activations';
import { activationMoments } from '../gaussian';
import { type Kernel, mapKernel, zeroKernel } from '../kernel';
import { featureCount } from '../shape';
import type { Flow, Tape } from '../tape';

/** cross-entropy: on logits; bce: on probabilities; sum: of the outputs. */
export type Loss = 'cross-entropy' | 'bce' | 'bce-logits' | 'mse' | 'sum';

/**
 * Starts the backward pass: second moments of dloss/doutput for one sample, labels drawn at random. Gives the mean square of
 * its entries. Outputs that are joined of several (a mean beside a variance) each have a squared error of their own size.
 */
export function applyLoss(tape: Tape, output: Flow, loss: Loss): number {
  const pieces = loss === 'mse' ? output.pieces : null;
  if (pieces === null) return start(tape, output, loss);
  const widths = pieces.flows.map((piece) => Math.max(1, featureCount(piece.shape)));
  const total = widths.reduce((sum, width) => sum + width, 0);
  return pieces.flows.reduce(
    (sum, piece, i) => sum + (start(tape, piece, loss) * (widths[i] ?? 1)) / total,
    0,
  );
}

function start(tape: Tape, output: Flow, loss: Loss): number {
  const { mean, kernel, shape } = output;
  const deviation = Math.sqrt(Math.max(0, kernel[0] - mean * mean));
  const second = curvature(loss, Math.max(1, featureCount(shape)), deviation) ** 2;
  const far: Kernel = [0, second, second, second];
  const square = lossKernel(output, loss);
  tape.sendSpread(output, square, { trace: far, own: zeroKernel, mixed: zeroKernel });
  return square[0];
}

/**
 * Mean diagonal of the loss's Hessian at the start: p(1 − p) with p = 1/n, one quarter, one. Saturated outputs hardly
 * curve it: of n logits of deviation s only a near tie does, and the gap between the best two has density √(2 ln n)/s at
 * zero; for one logit ∫σ′ times the density 1/(s√2π).
 */
function curvature(loss: Loss, n: number, s: number): number {
  if (loss === 'cross-entropy') return n > 1 ? 1 / n / (1 / (1 - 1 / n) + s / Math.sqrt(2 * Math.log(n))) : 0;
  if (loss === 'bce-logits') return 1 / (4 + s * Math.sqrt(2 * Math.PI));
  if (loss === 'bce') return 4;
  return loss === 'mse' ? 1 : 0;
}

function lossKernel(output: Flow, loss: Loss): Kernel {
  const n = Math.max(1, featureCount(output.shape));
  const k = output.kernel;
  const centre = output.mean * output.mean;
  switch (loss) {
    case 'cross-entropy': {
      // p − y: Σ p² ≈ e^var / n, bounded by 1; two samples share p's deviation from 1/n.
      const grown = (cov: number) => {
        const e = Math.exp(Math.min(30, cov));
        return e / n / (1 + (e - 1) / n);
      };
      const variance = Math.max(0, k[0] - centre);
      const own = (grown(variance) - 2 / n + 1) / n;
      // Large logits choose one class; two samples choose the same one while what they do not share is small against
      // the gap between the best two (of order σ / √(2 ln n)).
      const agree = (cov: number) => {
        const noise = Math.sqrt((2 * Math.max(0, variance - cov)) / Math.max(cov, 1e-12));
        return 1 / (1 + Math.sqrt(2 * Math.log(Math.max(2, n))) * noise * Math.min(1, cov));
      };
      const pair = (second: number) => {
        const cov = Math.max(0, second - centre);
        return (Math.max(0, grown(cov) - 1 / n) * agree(cov)) / n;
      };
      return [own, pair(k[1]), pair(k[2]), pair(k[3])];
    }
    case 'bce-logits': {
      const sigmoid = activationNamed('sigmoid');
      if (sigmoid === null) return [0.25, 0, 0, 0];
      const p = activationMoments({ ...sigmoid, value: (z) => sigmoid.value(z) - 0.5 }, output.mean, k).value;
      return [p[0] + 0.25, p[1], p[2], p[3]];
    }
    case 'bce': {
      // (p − y) / (p (1 − p)) with p near one half.
      const around = mapKernel(k, (v) => Math.max(0, v - output.mean + 0.25));
      return [16 * (around[0] + 0.25), 16 * around[1], 16 * around[2], 16 * around[3]];
    }
    case 'mse':
      return [k[0] + 1, k[1], k[2], k[3]];
    case 'sum':
      return [1, 1, 1, 1];
  }
}
