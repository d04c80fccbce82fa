import { leaky, seluAlpha, seluScale } from '../activations';
import { activationMoments } from '../gaussian';
import { addKernel, flatKernel, type Kernel, mapKernel, scaleKernel, zeroKernel, zipKernel } from '../kernel';
import { type Axis, featureCount, hasBatch, positionCount, type Shape } from '../shape';
import { type Flow, foldGrad, type Grad, mapBend, mapGrad, type Parameter, signOf, type Tape } from '../tape';
import { centredOnBatch } from './pool';
import { ofOneInput, scale } from './scalar';

const times = (a: number, b: number) => a * b;

/** LeakyReLU with a learned slope; the slope's gradient sums δ over the negative parts it multiplies. */
export function prelu(tape: Tape, x: Flow, slope: Parameter): Flow {
  const positions = positionCount(x.shape);
  const negative = activationMoments(leaky(0), -x.mean, x.kernel).value;
  const marked = tape.add({
    shape: x.shape,
    mean: x.mean,
    kernel: x.kernel,
    back: (grad) => {
      const entry = tape.entryMoment(foldGrad(grad, positions), negative, x.shape, positions);
      tape.gather(slope, featureCount(x.shape) * entry);
    },
  });
  const moments = activationMoments(leaky(slope.init.mean), x.mean, x.kernel);
  return tape.add({
    shape: x.shape,
    mean: moments.mean,
    kernel: moments.value,
    back: (grad) => {
      tape.send(marked, grad);
      tape.send(
        x,
        mapGrad(grad, (k) => zipKernel(k, moments.derivative, (a, b) => a * b)),
      );
    },
  });
}

/** Dropout keeps what pairs of entries share and adds noise to each alone; `whole` drops whole feature maps. */
export function dropout(tape: Tape, x: Flow, rate: number, whole = false): Flow {
  if (!(rate > 0 && rate < 1)) return x;
  const apply = (k: Kernel): Kernel => [k[0] / (1 - rate), whole ? k[1] / (1 - rate) : k[1], k[2], k[3]];
  return tape.add({
    shape: x.shape,
    mean: x.mean,
    kernel: apply(x.kernel),
    lead: x.lead,
    back: (grad) => tape.send(x, mapGrad(grad, apply, grad.bend)),
  });
}

/** AlphaDropout (Klambauer et al. 2017): dropped entries take the SELU's limit, then an affine map restores mean 0, variance 1. */
export function alphaDropout(tape: Tape, x: Flow, rate: number): Flow {
  if (!(rate > 0 && rate < 1)) return x;
  const keep = 1 - rate;
  const floor = -seluScale * seluAlpha;
  const gain = 1 / Math.sqrt(keep * (1 + rate * floor * floor));
  const offset = -gain * rate * floor;
  const base = gain * rate * floor + offset;
  const cross = 2 * gain * keep * x.mean * base + base * base;
  const own =
    gain * gain * (keep * x.kernel[0] + rate * floor * floor) +
    2 * gain * offset * (keep * x.mean + rate * floor) +
    offset * offset;
  const pair = (k: number) => gain * gain * keep * keep * k + cross;
  return tape.add({
    shape: x.shape,
    mean: gain * keep * x.mean + base,
    kernel: [own, pair(x.kernel[1]), pair(x.kernel[2]), pair(x.kernel[3])],
    back: (grad) =>
      tape.send(
        x,
        mapGrad(grad, (k) => {
          const rest = gain * gain * keep * keep;
          return [gain * gain * keep * k[0], rest * k[1], rest * k[2], rest * k[3]];
        }),
      ),
  });
}

/** Softmax over features: n probabilities near 1/n, spread by the scores' variance. */
export function softmax(tape: Tape, x: Flow): Flow {
  const n = Math.max(1, featureCount(x.shape));
  const share = 1 / n;
  const second = (cov: number) => {
    const grown = Math.exp(Math.min(cov, 30));
    return (share * share * grown) / (1 + (grown - 1) / n);
  };
  const centre = x.mean * x.mean;
  const kernel = mapKernel(x.kernel, (k) => second(k - centre));
  return tape.add({
    shape: x.shape,
    mean: share,
    kernel,
    back: (grad) =>
      tape.send(
        x,
        // What is added to all probabilities alike moves no score.
        mapGrad(grad, (k) => zipKernel(k, kernel, (a, b) => a * b * (1 - share) * (1 - grad.alike))),
      ),
  });
}

/** Softmax over positions: T weights near 1/T, whose gradients sum to zero over the positions. */
export function softmaxPositions(tape: Tape, x: Flow, length: number): Flow {
  const share = 1 / length;
  const varying = Math.min(30, Math.max(0, x.kernel[0] - x.kernel[1]));
  const own = (share * share * Math.exp(varying)) / (1 + (Math.exp(varying) - 1) / length);
  const pair = share * share;
  const rest = length > 1 ? -1 / (length - 1) : 0;
  return tape.add({
    shape: x.shape,
    mean: share,
    kernel: [own, pair, pair, pair],
    back: (grad) => {
      const g = foldGrad(grad, positionCount(x.shape));
      const near = own * Math.max(0, g[0] - g[1]);
      const other = pair * (g[2] - g[3]);
      tape.sendSpread(x, [near, near * rest, other, other * rest]);
    },
  });
}

/** A tensor seen in the shape of a larger one: how its moments repeat, and how a gradient sums back. */
export interface Stretched {
  readonly mean: number;
  readonly kernel: Kernel;
  readonly back: (grad: Grad) => void;
}

export function stretch(tape: Tape, x: Flow, shape: Shape): Stretched {
  const positions = positionCount(shape);
  const lifted = hasBatch(shape) && !hasBatch(x.shape);
  let own = positionCount(x.shape);
  let kernel = x.kernel;
  if (x.free) {
    own = leafPositions(x.shape, shape);
    const apart = own > 1 ? x.mean * x.mean : kernel[0];
    kernel = [kernel[0], apart, kernel[0], apart];
  }
  const repeat = positions / own;
  if (repeat > 1) {
    const together = (repeat - 1) / (positions - 1);
    const mix = (a: number, b: number) => together * a + (1 - together) * b;
    kernel = [kernel[0], mix(kernel[0], kernel[1]), kernel[2], mix(kernel[2], kernel[3])];
  }
  if (lifted) kernel = [kernel[0], kernel[1], kernel[0], kernel[1]];
  const spreadFeatures = !x.free
    ? featureCount(shape) / Math.max(1, featureCount(x.shape))
    : leafRepeat(x, shape);
  const same = repeat === 1 && !lifted && spreadFeatures === 1;
  return {
    mean: x.mean,
    kernel,
    back: (grad) => {
      if (same) {
        tape.send(x, grad);
        return;
      }
      const g = scaleKernel(foldGrad(grad, positions), Math.max(1, spreadFeatures));
      const r = repeat;
      let sum: Kernel = [
        r * g[0] + r * (r - 1) * g[1],
        r * r * g[1],
        r * g[2] + r * (r - 1) * g[3],
        r * r * g[3],
      ];
      if (lifted) {
        const b = tape.batch;
        const near = Math.max(0, b * sum[0] + b * (b - 1) * sum[2]);
        const far = b * sum[1] + b * (b - 1) * sum[3];
        sum = [near, far, near, far];
      }
      tape.sendSpread(x, sum);
    },
  };
}

/** Positions a parameter's own axes count when they are laid over a tensor. */
function leafPositions(leaf: Shape, shape: Shape): number {
  let count = 1;
  leaf.forEach((axis, i) => {
    const other = shape[shape.length - leaf.length + i];
    if (axis.size > 1 && other?.role === 'position') count *= axis.size;
  });
  return count;
}

function leafRepeat(x: Flow, shape: Shape): number {
  const entries = x.shape.reduce((total, axis) => total * axis.size, 1);
  return featureCount(shape) / Math.max(1, entries / leafPositions(x.shape, shape));
}

/** The common shape of two tensors, aligned at their last axes. */
export function broadcastShape(a: Flow, b: Flow): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  const out: Axis[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a.shape[a.shape.length - rank + i];
    const y = b.shape[b.shape.length - rank + i];
    out.push(pickAxis(x, y, a.free, b.free));
  }
  return out;
}

function pickAxis(x: Axis | undefined, y: Axis | undefined, xLeaf: boolean, yLeaf: boolean): Axis {
  if (x === undefined || y === undefined) return x ?? y ?? { size: 1, role: 'feature' };
  if (x.role === 'batch' || y.role === 'batch') return x.role === 'batch' ? x : y;
  const size = Number.isNaN(x.size) ? y.size : Number.isNaN(y.size) ? x.size : Math.max(x.size, y.size);
  if (xLeaf !== yLeaf) return { size, role: xLeaf ? y.role : x.role };
  return { size, role: x.size >= y.size ? x.role : y.role };
}

/** Sum of two tensors (a residual connection), independent but for their means. */
export function add(tape: Tape, a: Flow, b: Flow, sign = 1): Flow {
  if (a === b) return scale(tape, a, 1 + sign);
  const sum = ofOneInput(tape, a, b, 'sum', {
    value: (x, y) => x + sign * y,
    slopes: () => [1, sign],
  });
  if (sum !== null) return sum;
  if (sign === -1 && b.average?.of === a) return centredOnBatch(tape, a, b.average.pooled);
  if (sign === 1 && b.difference?.subtrahend === a && b.back === null)
    return straightThrough(tape, a, b.difference.minuend);
  const shape = broadcastShape(a, b);
  const x = stretch(tape, a, shape);
  const y = stretch(tape, b, shape);
  const cross = 2 * sign * a.mean * b.mean;
  const scores = a.scores ?? b.scores ?? undefined;
  const [left, right] = [x.kernel[0], y.kernel[0]];
  const lead = left + right > 0 ? (left * a.lead + right * b.lead) / (left + right) : 1;
  return tape.add({
    shape,
    lead,
    mean: x.mean + sign * y.mean,
    kernel: mapKernel(addKernel(x.kernel, y.kernel), (k) => Math.max(0, k + cross)),
    scores,
    difference: sign === -1 ? { minuend: a, subtrahend: b } : null,
    free: a.free && b.free,
    back: (grad) => {
      x.back(grad);
      y.back(grad);
    },
  });
}

/** `x + (q - x).detach()` is q, with the gradient of x (Bengio et al. 2013, a vector-quantised model's codes). */
function straightThrough(tape: Tape, x: Flow, { mean, kernel }: Flow): Flow {
  return tape.add({ shape: x.shape, mean, kernel, back: (grad) => tape.send(x, grad) });
}

/** Product of two independent tensors (a gate, a learned scale). */
export function multiply(tape: Tape, a: Flow, b: Flow): Flow {
  const product = ofOneInput(tape, a, b, 'product', { value: times, slopes: (x, y) => [y, x] });
  if (product !== null) return product;
  const shape = broadcastShape(a, b);
  const x = stretch(tape, a, shape);
  const y = stretch(tape, b, shape);
  return tape.add({
    shape,
    mean: x.mean * y.mean,
    kernel: zipKernel(x.kernel, y.kernel, times),
    sign: signOf(a.sign * b.sign),
    lead: a.lead * b.lead,
    free: a.free && b.free,
    scores: a.scores ?? b.scores ?? undefined,
    back: (grad) => {
      x.back(throughFactor(grad, x.kernel, y));
      y.back(throughFactor(grad, y.kernel, x));
    },
  });
}

/**
 * The gradient of one factor of a product z = ab. Where the other factor varies, ∂δ/∂z meets its variance: E δb δ'b' gains
 * (∂δ/∂z)² aa' Var(b)² (the noise of a variational model pulls its scale down by the loss's curvature).
 */
function throughFactor(grad: Grad, self: Kernel, other: Stretched): Grad {
  const even = other.kernel[0] > 0 ? Math.min(1, (other.mean * other.mean) / other.kernel[0]) : 0;
  const moved = zipKernel(grad.spread, other.kernel, times);
  const varies = Math.max(0, other.kernel[0] - other.kernel[3]);
  const diagonal = grad.bend === null ? zeroKernel : addKernel(grad.bend.trace, grad.bend.own);
  const pulled = zipKernel(diagonal, self, (c, k) => c * Math.max(0, k) * varies * varies);
  const square = zipKernel(other.kernel, other.kernel, times);
  const mapped = mapGrad(
    grad,
    (k) => zipKernel(k, other.kernel, times),
    mapBend(grad.bend, (k) => zipKernel(k, square, times)),
  );
  return {
    ...mapped,
    alike: grad.alike * even,
    spread: [moved[0], moved[1] + pulled[1], moved[2] + pulled[2], moved[3] + pulled[3]],
  };
}

/** Quotient, the divisor taken as nearly constant. */
export function divide(tape: Tape, a: Flow, b: Flow): Flow {
  const quotient = ofOneInput(tape, a, b, 'quotient', {
    value: (x, y) => x / y,
    slopes: (x, y) => [1 / y, -x / (y * y)],
  });
  if (quotient !== null) return quotient;
  // Weights of attention divided by their sum are weights again.
  if (a.scores?.normalised === true) return a;
  const size = Math.max(b.kernel[0], 1e-30);
  return scale(tape, a, 1 / Math.sqrt(size));
}

/** Cuts the gradient: what follows treats the value as data. */
export function detach(tape: Tape, x: Flow): Flow {
  return tape.add({ shape: x.shape, mean: x.mean, kernel: x.kernel, difference: x.difference });
}

/** A tensor of constants or noise without parameters. */
export function constant(tape: Tape, shape: Shape, mean: number, variance: number): Flow {
  const sign = variance === 0 ? signOf(mean) : 0;
  return tape.add({ shape, mean, kernel: flatKernel(mean * mean + variance), sign, free: true });
}
