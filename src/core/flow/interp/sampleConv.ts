import type { Kernel } from '../kernel';
import type { Window } from '../ops/convolution';
import { type Axis, hasBatch } from '../shape';
import { createParameter, type Flow, mapGrad, type Tape } from '../tape';
import { applyConvolution } from './forwardConv';
import type { Reader } from './reader';

/**
 * A convolution whose weights every sample has its own of (modulated by a style, Karras et al. 2020): code folds samples
 * into channels and groups, `F.conv2d(x.view(1, B * C, H, W), w.view(B * O, C, k, k), groups=B)`. Null for other weights.
 * The result has its samples apart again, as the view behind such a call gives it.
 */
export function convolutionBySample(
  reader: Reader,
  x: Flow,
  weights: Flow,
  windows: readonly Window[],
  groups: number,
): Flow | null {
  const { batch } = reader.tape;
  const own = reader.viewOf.get(weights) ?? weights;
  const seen = reader.viewOf.get(x) ?? x;
  const rank = windows.length;
  const [rows, channels] = weights.shape;
  if (!hasBatch(own.shape) || seen.shape.length !== rank + 2 || seen.shape[0]?.role !== 'batch') return null;
  const outputs = (rows?.size ?? 0) / batch;
  const inputs = channels?.size ?? 0;
  if (Math.abs(groups - batch) > 0.5 || !Number.isInteger(outputs) || outputs < 1) return null;
  const init = { mean: own.mean, variance: Math.max(0, own.kernel[0] - own.mean * own.mean) };
  const sizes = [outputs, inputs, ...windows.map((w) => w.kernel)];
  const weight = createParameter(sizes, init, reader.offset, null, own);
  const alike = own.kernel[0] > 0 ? Math.max(0, own.kernel[2]) / own.kernel[0] : 1;
  const parts = { inputs, outputs, groups: 1, transposed: false, windows, weight, bias: null };
  return applyConvolution(reader, apart(reader.tape, seen, alike), parts);
}

/** Samples seen through weights of which only a share is common to them. */
function apart(tape: Tape, x: Flow, alike: number): Flow {
  const shared = (k: Kernel): Kernel => [k[0], k[1], k[2] * alike, k[3] * alike];
  return tape.add({
    shape: x.shape.map((axis): Axis => axis),
    mean: x.mean,
    kernel: shared(x.kernel),
    back: (grad) => tape.send(x, mapGrad(grad, shared)),
  });
}
