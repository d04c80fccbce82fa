import { type Kernel, mapKernel, scaleKernel } from '../kernel';
import { type Axis, featureCount, positionCount, type Shape } from '../shape';
import {
  type Flow,
  foldGrad,
  mapGrad,
  type Parameter,
  parameterCount,
  secondMoment,
  type Tape,
} from '../tape';

export interface LinearParts {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: Parameter;
  readonly bias: Parameter | null;
}

/** Moments of Wx + b: E zz' = n(σ² E xx' + μ²-terms) + σ_b². */
function affine(
  x: Flow,
  fan: number,
  weight: Parameter,
  bias: Parameter | null,
): { mean: number; kernel: Kernel } {
  const { mean: mu, variance } = weight.init;
  const offset = bias === null ? 0 : secondMoment(bias.init);
  const common = mu * mu * fan * (fan - 1) * x.mean * x.mean;
  return {
    mean: mu * fan * x.mean + (bias?.init.mean ?? 0),
    kernel: mapKernel(x.kernel, (k) => fan * (variance + mu * mu) * k + common + offset),
  };
}

/** A dense layer over the last axis. */
export function linear(tape: Tape, x: Flow, layer: LinearParts): Flow {
  const last = x.shape.length - 1;
  const entered = x.shape[last]?.role === 'feature' ? x : mixPositions(tape, x, last);
  const shape: Shape = entered.shape.map((axis, i) =>
    i === last ? { size: layer.outputs, role: 'feature' } : axis,
  );
  return tape.add({
    shape,
    ...affine(entered, layer.inputs, layer.weight, layer.bias),
    back: (grad) => {
      const others = featureCount(shape) / layer.outputs;
      const positions = positionCount(shape) * others;
      const delta = foldGrad(grad, positionCount(shape));
      const entry =
        tape.entryMoment(delta, entered.kernel, shape, positions) +
        alignedMoment(tape, grad.aligned, layer.weight, layer.inputs, shape, positions);
      tape.gather(layer.weight, layer.inputs * layer.outputs * entry);
      gatherBias(tape, layer.bias, delta, shape, positions);
      const factor = layer.outputs * secondMoment(layer.weight.init);
      tape.send(
        entered,
        mapGrad(grad, (k) => scaleKernel(k, factor)),
      );
    },
  });
}

/** What the dependence of δ on the input adds to an entry of the weight's gradient: (Σ E δz̃)² / (n² σ²). */
function alignedMoment(
  tape: Tape,
  aligned: Kernel,
  weight: Parameter,
  fan: number,
  shape: Shape,
  positions: number,
): number {
  const second = secondMoment(weight.init);
  return second > 0 ? tape.entryMoment(aligned, ones, shape, positions) / (fan * fan * second) : 0;
}

const ones: Kernel = [1, 1, 1, 1];

export function gatherBias(
  tape: Tape,
  bias: Parameter | null,
  delta: Kernel,
  shape: Shape,
  positions: number,
): void {
  if (bias !== null) {
    tape.gather(bias, parameterCount(bias.sizes) * tape.entryMoment(delta, ones, shape, positions));
  }
}

/** The axis at `index` becomes the features and the features become positions (token mixing). */
function mixPositions(tape: Tape, x: Flow, index: number): Flow {
  const shape = x.shape.map((axis, i): Axis => {
    if (i === index) return { size: axis.size, role: 'feature' };
    return axis.role === 'feature' ? { size: axis.size, role: 'position' } : axis;
  });
  const across = x.mean * x.mean;
  return tape.add({
    shape,
    mean: x.mean,
    kernel: [x.kernel[0], across, x.kernel[2], across],
    back: (grad) => {
      const g = foldGrad(grad, positionCount(shape));
      tape.sendSpread(x, [g[0], 0, g[2], 0]);
    },
  });
}

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

/** Pairs (output position, tap) that meet an input position along one axis: zero padding takes its share at borders. */
function meetings(length: number, output: number, w: Window, transposed: boolean): number {
  let count = 0;
  const outer = transposed ? length : output;
  const limit = transposed ? output : length;
  for (let tap = 0; tap < w.kernel; tap++) {
    const shift = tap * w.dilation - w.padding;
    // Positions o with 0 <= o * stride + shift < limit.
    const first = Math.max(0, Math.ceil(-shift / w.stride));
    const end = Math.min(outer - 1, Math.floor((limit - 1 - shift) / w.stride));
    count += Math.max(0, end - first + 1);
  }
  return count;
}

/** Convolution, plain or transposed. The last axes of `x` are its positions, the one before them the channels. */
export function convolution(tape: Tape, x: Flow, layer: ConvolutionParts): Flow {
  const rank = layer.windows.length;
  const first = x.shape.length - rank;
  let pairs = 1;
  let before = 1;
  let after = 1;
  const shape = x.shape.map((axis, i): Axis => {
    const w = layer.windows[i - first];
    if (i === first - 1) return { size: layer.outputs, role: 'feature' };
    if (w === undefined) return axis;
    const size = Math.max(1, outputLength(axis.size, w, layer.transposed));
    pairs *= meetings(axis.size, size, w, layer.transposed);
    before *= axis.size;
    after *= size;
    return { size, role: 'position' };
  });
  const fanIn = (layer.inputs / layer.groups) * (pairs / after);
  const fanOut = (layer.outputs / layer.groups) * (pairs / before);
  // Positions of a transposed convolution share taps only within the same phase.
  const phases = layer.transposed ? Math.max(1, after / before) : 1;
  const moved = affine(x, fanIn, layer.weight, layer.bias);
  const offset = layer.bias === null ? 0 : secondMoment(layer.bias.init);
  const apart = (k: number) => (k - offset) / phases + offset;
  const kernel: Kernel = [moved.kernel[0], apart(moved.kernel[1]), moved.kernel[2], apart(moved.kernel[3])];
  return tape.add({
    shape,
    mean: moved.mean,
    kernel,
    back: (grad) => {
      const positions = positionCount(shape);
      const delta = foldGrad(grad, positions);
      const entry = layer.transposed
        ? tape.entryMoment(delta, x.kernel, shape, positionCount(x.shape))
        : tape.entryMoment(delta, x.kernel, shape, positions) +
          alignedMoment(tape, grad.aligned, layer.weight, fanIn, shape, positions);
      const count = layer.transposed ? pairs / before : pairs / after;
      tape.gather(layer.weight, ((layer.inputs * layer.outputs) / layer.groups) * count * entry);
      gatherBias(tape, layer.bias, delta, shape, positions);
      tape.sendSpread(x, scaleKernel(delta, fanOut * secondMoment(layer.weight.init)));
    },
  });
}
