import { addKernel, type Kernel, mapKernel, pairMean, scaleKernel, zeroKernel } from '../kernel';
import { type Axis, positionCount, type Shape } from '../shape';
import { type Flow, foldGrad, type Grad, mapBend, type Tape } from '../tape';
import { activate } from './scalar';

/** Mean over `size` positions that lie together; `shape` is what is left. */
function meanOver(tape: Tape, x: Flow, shape: Shape, size: number): Flow {
  const before = positionCount(x.shape);
  if (size <= 1 && positionCount(shape) === before) return reshaped(tape, x, shape);
  const k = x.kernel;
  return tape.add({
    shape,
    mean: x.mean,
    kernel: [(k[0] + (size - 1) * k[1]) / size, k[1], (k[2] + (size - 1) * k[3]) / size, k[3]],
    back: (grad) => {
      const after = positionCount(shape);
      tape.sendSpread(x, spreadBack(foldGrad(grad, after), size, after, before));
    },
  });
}

/** Every position of a window gets 1/size of the window's gradient; a stride wider than the window leaves positions out. */
function spreadBack(g: Kernel, size: number, after: number, before: number): Kernel {
  const covered = Math.min(before, size * after);
  const together = covered > 1 ? (size - 1) / (covered - 1) : 0;
  const share = 1 / (size * size);
  const hit = (share * covered) / before;
  const pairs = before > 1 ? (share * covered * (covered - 1)) / (before * (before - 1)) : share;
  const mix = (near: number, far: number) => pairs * (together * near + (1 - together) * far);
  return [hit * g[0], mix(g[0], g[1]), hit * g[2], mix(g[2], g[3])];
}

function reshaped(tape: Tape, x: Flow, shape: Shape): Flow {
  return tape.add({ shape, mean: x.mean, kernel: x.kernel, back: (grad: Grad) => tape.send(x, grad) });
}

/** Average pooling to a shape with fewer positions. */
export function averagePool(tape: Tape, x: Flow, shape: Shape): Flow {
  return meanOver(tape, x, shape, positionCount(x.shape) / positionCount(shape));
}

/** Overlapping windows pool `size` positions but shrink the map less. */
export function averagePoolWindow(tape: Tape, x: Flow, shape: Shape, size: number): Flow {
  const shrink = positionCount(x.shape) / positionCount(shape);
  const k = x.kernel;
  if (size <= shrink) return meanOver(tape, x, shape, size);
  return tape.add({
    shape,
    mean: x.mean,
    kernel: [(k[0] + (size - 1) * k[1]) / size, k[1], (k[2] + (size - 1) * k[3]) / size, k[3]],
    back: (grad) => {
      const g = foldGrad(grad, positionCount(shape));
      const windows = size / shrink;
      const own = (windows * g[0] + windows * (windows - 1) * g[1]) / (size * size);
      const other = (windows * g[2] + windows * (windows - 1) * g[3]) / (size * size);
      const far = (windows * windows) / (size * size);
      tape.sendSpread(x, [own, far * g[1], other, far * g[3]]);
    },
  });
}

/** Mean and variance of the maximum of n independent standard normals, by integration of n φ Φ^(n−1). */
function maximumMoments(n: number): { mean: number; variance: number } {
  const known = maxima.get(n);
  if (known !== undefined) return known;
  const h = 0.02;
  let cumulative = 0;
  let mean = 0;
  let second = 0;
  let previous = 0;
  for (let u = -8; u <= 8; u += h) {
    cumulative += (Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI)) * h;
    const power = Math.min(1, cumulative) ** n;
    const mass = power - previous;
    const at = u;
    mean += mass * at;
    second += mass * at * at;
    previous = power;
  }
  const moments = { mean, variance: second - mean * mean };
  maxima.set(n, moments);
  return moments;
}

/** Cache of maximumMoments by n. */
const maxima = new Map<number, { mean: number; variance: number }>();

/**
 * Maximum over windows of `size` positions. A maximum commutes with a non-decreasing activation, so it is taken of the
 * Gaussian pre-activations and the activation applied after: the survivors are more often in its steep part.
 */
export function maxPool(tape: Tape, x: Flow, shape: Shape, size: number): Flow {
  if (x.before !== null)
    return activate(tape, maxPool(tape, x.before.input, shape, size), x.before.activation);
  const k = x.kernel;
  const common = Math.max(0, k[1] - x.mean * x.mean);
  const own = Math.max(0, k[0] - k[1]);
  const top = maximumMoments(Math.max(1, Math.min(size, 4096)));
  const mean = x.mean + top.mean * Math.sqrt(own);
  const level = mean * mean;
  const kept = own > 0 ? top.variance : 1;
  const cov = (second: number, base: number) =>
    level + base + kept * Math.max(0, second - x.mean * x.mean - base);
  const far = Math.max(0, Math.min(k[3] - x.mean * x.mean, common));
  const shrink = positionCount(x.shape) / positionCount(shape);
  return tape.add({
    shape,
    mean,
    kernel: [level + common + kept * own, level + common, cov(k[2], far), level + far],
    back: (grad) => {
      const g = foldGrad(grad, positionCount(shape));
      const agree = k[0] > k[1] ? Math.max(0, Math.min(1, (k[2] - k[3]) / (k[0] - k[1]))) : 1;
      const same = agree + (1 - agree) / size;
      const spread = 1 / (shrink * shrink);
      // Each output goes to one input; several windows may choose the same one.
      const overlap = Math.max(1, size / shrink);
      const chosen = (g[0] + (overlap - 1) * 0.5 * Math.max(0, g[1])) / shrink;
      // What is chosen lies above the mean, so δ and the layer's input go together.
      const rise = own > 0 ? (top.mean * top.mean) / own : 0;
      const passed = mapBend(grad.bend, (k) => scaleKernel(k, spread));
      const chosenBend = scaleKernel(g, spread * rise);
      const ownBend = addKernel(passed?.own ?? zeroKernel, [0, chosenBend[1], chosenBend[2], chosenBend[3]]);
      tape.sendSpread(x, [chosen, spread * g[1], (g[2] * same) / shrink, spread * g[3]], {
        trace: passed?.trace ?? zeroKernel,
        own: ownBend,
        mixed: passed?.mixed ?? zeroKernel,
      });
    },
  });
}

/** Nearest or linear upsampling by `factor` positions for one. */
export function upsample(tape: Tape, x: Flow, shape: Shape): Flow {
  const after = positionCount(shape);
  const factor = Math.max(1, after / positionCount(x.shape));
  const together = after > 1 ? (factor - 1) / (after - 1) : 0;
  const k = x.kernel;
  const mix = (near: number, far: number) => together * near + (1 - together) * far;
  return tape.add({
    shape,
    mean: x.mean,
    kernel: [k[0], mix(k[0], k[1]), k[2], mix(k[2], k[3])],
    back: (grad) => {
      const g = foldGrad(grad, after);
      const near = factor * g[0] + factor * (factor - 1) * g[1];
      const other = factor * g[2] + factor * (factor - 1) * g[3];
      tape.sendSpread(x, [near, factor * factor * g[1], other, factor * factor * g[3]]);
    },
  });
}

/** Length of a pooled axis. */
export function pooledLength(
  length: number,
  kernel: number,
  stride: number,
  padding: number,
  ceil: boolean,
): number {
  const raw = (length + 2 * padding - kernel) / stride;
  return Math.max(1, (ceil ? Math.ceil(raw) : Math.floor(raw)) + 1);
}

/** The position axes of a tensor replaced by these sizes. */
export function withPositions(shape: Shape, sizes: readonly number[]): Shape {
  const first = shape.length - sizes.length;
  return shape.map((axis, i): Axis => (i < first ? axis : { size: sizes[i - first] ?? 1, role: 'position' }));
}

/** Mean over the samples, and over the positions too where `pooled`: one value a feature, shared by the batch. */
export function batchMean(tape: Tape, x: Flow, shape: Shape, pooled: boolean): Flow {
  const positions = pooled ? positionCount(x.shape) : 1;
  const mean = (near: number, far: number) => (near + (tape.batch - 1) * far) / tape.batch;
  const own = pooled ? pairMean(x.kernel, tape.batch, positions) : mean(x.kernel[0], x.kernel[2]);
  const other = pooled ? own : mean(x.kernel[1], x.kernel[3]);
  return tape.add({
    shape,
    mean: x.mean,
    kernel: [own, other, own, other],
    average: { of: x, pooled },
    back: (grad) => {
      const g = scaleKernel(foldGrad(grad, positionCount(shape)), 1 / (tape.batch * positions) ** 2);
      const far = pooled ? g[0] : g[1];
      tape.sendSpread(x, [g[0], far, g[0], far]);
    },
  });
}

/** `x - x.mean(0)`: what samples have in common is gone, from the values and from the gradient (see batchNorm). */
export function centredOnBatch(tape: Tape, x: Flow, pooled: boolean): Flow {
  const positions = pooled ? positionCount(x.shape) : 1;
  const centred = (k: Kernel): Kernel => {
    if (pooled) return mapKernel(k, (v) => v - pairMean(k, tape.batch, positions));
    const near = (k[0] + (tape.batch - 1) * k[2]) / tape.batch;
    const far = (k[1] + (tape.batch - 1) * k[3]) / tape.batch;
    return [Math.max(0, k[0] - near), k[1] - far, k[2] - near, k[3] - far];
  };
  return tape.add({
    shape: x.shape,
    mean: 0,
    kernel: centred(x.kernel),
    back: (grad) => tape.sendSpread(x, centred(foldGrad(grad, positionCount(x.shape)))),
  });
}
