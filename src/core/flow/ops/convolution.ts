import type { Kernel } from '../kernel';
import { type Axis, hasBatch, positionCount, type Shape } from '../shape';
import { type Flow, foldGrad, type Parameter, secondMoment, type Tape } from '../tape';
import { affine, bentMoment, gatherBias, throughWeights } from './linear';

/** How a convolution meets its input along one axis. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly outputPadding: number;
}

export interface ConvolutionParts {
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
  readonly transposed: boolean;
  readonly windows: readonly Window[];
  readonly weight: Parameter;
  readonly bias: Parameter | null;
}

/** Length of the output along one axis. */
export function outputLength(length: number, w: Window, transposed: boolean): number {
  if (transposed) {
    return (length - 1) * w.stride - 2 * w.padding + w.dilation * (w.kernel - 1) + w.outputPadding + 1;
  }
  return Math.floor((length + 2 * w.padding - w.dilation * (w.kernel - 1) - 1) / w.stride) + 1;
}

/** How often taps meet positions inside the map along the axes of a convolution. */
interface Meetings {
  /** Σ over taps of the number of (output, input) pairs the tap joins. */
  readonly single: number;
  /** Σ over taps of that number squared. */
  readonly square: number;
}

/** Taps along an axis; a kernel with more is a slip or an attack, not a layer. */
const mostTaps = 100_000;

function meetings(length: number, output: number, w: Window, transposed: boolean): Meetings {
  if (w.kernel > mostTaps) throw new Error(`a kernel of ${w.kernel} taps`);
  let single = 0;
  let square = 0;
  const outer = transposed ? length : output;
  const limit = transposed ? output : length;
  for (let tap = 0; tap < w.kernel; tap++) {
    const shift = tap * w.dilation - w.padding;
    // Positions o with 0 <= o * stride + shift < limit: zero padding takes its share at borders.
    const first = Math.max(0, Math.ceil(-shift / w.stride));
    const end = Math.min(outer - 1, Math.floor((limit - 1 - shift) / w.stride));
    const count = Math.max(0, end - first + 1);
    single += count;
    square += count * count;
  }
  return { single, square };
}

/**
 * Convolution, plain or transposed. The last axes of `x` are its positions, the one before them the channels. Two places
 * correlate through the taps they share: Σ v(v − 1) over taps that join v pairs of places.
 */
export function convolution(tape: Tape, x: Flow, layer: ConvolutionParts): Flow {
  const first = x.shape.length - layer.windows.length;
  let single = 1;
  let square = 1;
  const shape = x.shape.map((axis, i): Axis => {
    const w = layer.windows[i - first];
    if (i === first - 1) return { size: layer.outputs, role: 'feature' };
    if (w === undefined) return axis;
    const size = Math.max(1, outputLength(axis.size, w, layer.transposed));
    const met = meetings(axis.size, size, w, layer.transposed);
    single *= met.single;
    square *= met.square;
    return { size, role: 'position' };
  });
  const before = positionCount(x.shape);
  const after = positionCount(shape);
  const channelsIn = layer.inputs / layer.groups;
  const channelsOut = layer.outputs / layer.groups;
  const shared = square - single;
  const near = affine(x, channelsIn * (single / after), layer.weight, layer.bias);
  const far = affine(
    x,
    after > 1 ? (channelsIn * shared) / (after * (after - 1)) : 0,
    layer.weight,
    layer.bias,
  );
  return tape.add({
    shape,
    mean: near.mean,
    kernel: [near.kernel[0], far.kernel[1], near.kernel[2], far.kernel[3]],
    back: (grad) => {
      const delta = foldGrad(grad, after);
      const second = secondMoment(layer.weight.init);
      const taps = { single, shared };
      const bent = bentMoment(grad.bend, x, layer.weight);
      const total =
        tapMoment(tape, shape, delta, x.kernel, taps) + tapMoment(tape, shape, bent, [1, 1, 1, 1], taps);
      tape.gather(layer.weight, channelsIn * layer.outputs * total);
      gatherBias(tape, layer.bias, delta, shape, after);
      const gainNear = (channelsOut * single * second) / before;
      const gainFar = before > 1 ? (channelsOut * shared * second) / (before * (before - 1)) : 0;
      const gainIn = (channelsIn * single * second) / after;
      tape.sendSpread(
        x,
        [delta[0] * gainNear, delta[1] * gainFar, delta[2] * gainNear, delta[3] * gainFar],
        throughWeights(grad.bend, gainIn, gainNear),
      );
    },
  });
}

/** Second moment of a tap's gradient summed over taps: places the tap joins, and pairs of them. */
function tapMoment(
  tape: Tape,
  shape: Shape,
  delta: Kernel,
  x: Kernel,
  taps: { readonly single: number; readonly shared: number },
): number {
  const batch = hasBatch(shape) ? tape.batch : 1;
  const near = delta[0] * x[0] + (batch - 1) * delta[2] * x[2];
  const far = delta[1] * x[1] + (batch - 1) * delta[3] * x[3];
  const sum = Math.max(0, taps.single * near + taps.shared * far) / batch;
  return hasBatch(shape) ? sum : sum / (tape.batch * tape.batch);
}
