import { type Activation, decay } from '../activations';
import { type ActivationMoments, activationMoments } from '../gaussian';
import { addKernel, type Kernel, mapKernel, scaleKernel, zeroKernel, zipKernel } from '../kernel';
import { positionCount } from '../shape';
import { type Bend, type Flow, foldGrad, mapGrad, type Scalar, scaleGrad, signOf, type Tape } from '../tape';

/** Functions one function may be made of: each is evaluated at every node of the quadrature. */
const mostParts = 24;

/** Mean squared slope below which nothing passes: no entry of any batch lies where the function is not flat. */
const noSlope = 1e-14;

const times = (a: number, b: number) => a * b;

/** A function of each entry. What is itself a function of entries is composed: Gaussian is only what a layer gives. */
export function activate(tape: Tape, x: Flow, asked: Activation, parts = 1): Flow {
  if (asked.slope === 1) return x;
  const f = asked.name === 'exp' && x.sign < 0 && x.scalar === null ? decay : asked;
  if (x.scalar !== null && x.scalar.parts < mostParts)
    return activate(tape, x.scalar.input, composed(f, x.scalar.activation), x.scalar.parts + 1);
  const moments = activationMoments(f, x.mean, x.kernel);
  if (moments.derivative[0] < noSlope && !x.free && x.kernel[0] > 0) tape.blocked += 1;
  return tape.add({
    shape: x.shape,
    mean: moments.mean,
    kernel: moments.value,
    free: x.free,
    sign: f.positive === true ? 1 : 0,
    before: f.monotone ? { activation: f, input: x, parts } : null,
    scalar: { activation: f, input: x, parts },
    back: (grad) => {
      const g = foldGrad(grad, positionCount(x.shape));
      tape.send(
        x,
        mapGrad(grad, (k) => zipKernel(k, moments.derivative, times), bentBy(grad.bend, g, moments)),
      );
    },
  });
}

/**
 * Slopes on both sides of what is bent behind the activation (φ'² on the diagonal, of which every sample has the same
 * mean; φ' of two features elsewhere), and the activation's own curvature.
 */
function bentBy(bend: Bend | null, g: Kernel, moments: ActivationMoments): Bend {
  const slope = moments.derivative;
  const own = zipKernel(g, moments.curvature, (a, b) => Math.max(0, a) * b);
  if (bend === null) return { trace: zeroKernel, own, mixed: zeroKernel };
  return {
    trace: scaleKernel(bend.trace, slope[0] * slope[0]),
    own: addKernel(zipKernel(bend.own, slope, times), own),
    mixed: zipKernel(bend.mixed, slope, (k, d) => k * d * d),
  };
}

/** f after g. */
function composed(f: Activation, g: Activation): Activation {
  return {
    name: `${f.name} of ${g.name}`,
    value: (z) => f.value(g.value(z)),
    derivative: (z) => f.derivative(g.value(z)) * g.derivative(z),
    slope: null,
    monotone: f.monotone && g.monotone,
    positive: f.positive === true,
  };
}

/** A tensor multiplied and shifted by constants, as a function of what it is made of; constants have none. */
function affineOf(x: Flow, factor: number, by: number): Scalar | null {
  if (x.free || x.scores !== null || (x.scalar?.parts ?? 0) >= mostParts) return null;
  const { input, activation } = x.scalar ?? { input: x, activation: null };
  return {
    input,
    parts: (x.scalar?.parts ?? 0) + 1,
    activation: {
      name: 'affine',
      value: (z) => factor * (activation?.value(z) ?? z) + by,
      derivative: (z) => factor * (activation?.derivative(z) ?? 1),
      slope: null,
      monotone: factor >= 0 && (activation?.monotone ?? true),
    },
  };
}

/** Two entries made one; `slopes` are its derivatives by them. */
interface Joint {
  readonly value: (a: number, b: number) => number;
  readonly slopes: (a: number, b: number) => readonly [number, number];
}

/**
 * Two functions of the same tensor's entries, entry by entry, are one function of it (`x * torch.sigmoid(x)`), not two
 * independent tensors. Null when they are not of one tensor.
 */
export function ofOneInput(tape: Tape, a: Flow, b: Flow, name: string, joint: Joint): Flow | null {
  const input = a.scalar?.input ?? a;
  if ((a.scalar === null && b.scalar === null) || input !== (b.scalar?.input ?? b)) return null;
  const parts = (a.scalar?.parts ?? 0) + (b.scalar?.parts ?? 0) + 1;
  if (parts > mostParts) return null;
  const f = a.scalar?.activation;
  const g = b.scalar?.activation;
  const left = (z: number) => f?.value(z) ?? z;
  const right = (z: number) => g?.value(z) ?? z;
  const activation: Activation = {
    name,
    value: (z) => joint.value(left(z), right(z)),
    derivative: (z) => {
      const [byLeft, byRight] = joint.slopes(left(z), right(z));
      return byLeft * (f?.derivative(z) ?? 1) + byRight * (g?.derivative(z) ?? 1);
    },
    slope: null,
    monotone: false,
  };
  return activate(tape, input, activation, parts);
}

/** Multiplication by a constant. */
export function scale(tape: Tape, x: Flow, factor: number): Flow {
  const square = factor * factor;
  return tape.add({
    shape: x.shape,
    mean: x.mean * factor,
    kernel: scaleKernel(x.kernel, square),
    lead: x.lead,
    free: x.free,
    sign: signOf(x.sign * factor),
    scalar: affineOf(x, factor, 0),
    scores:
      x.scores === null || x.scores.normalised
        ? (x.scores ?? undefined)
        : { ...x.scores, scale: x.scores.scale * factor },
    back: (grad) => tape.send(x, scaleGrad(grad, square)),
  });
}

/** Addition of a constant. */
export function shift(tape: Tape, x: Flow, by: number): Flow {
  return tape.add({
    shape: x.shape,
    mean: x.mean + by,
    kernel: mapKernel(x.kernel, (k) => k + 2 * by * x.mean + by * by),
    free: x.free,
    scalar: affineOf(x, 1, by),
    // Attention is the same with all its scores moved, and nearly so with a small number added to its weights.
    scores: x.scores ?? undefined,
    back: (grad) => tape.send(x, grad),
  });
}

/** A number divided by a tensor: exact where it is a function of what a layer gives (`1 / (1 + torch.exp(-z))`). */
export function inverted(tape: Tape, by: number, x: Flow): Flow {
  if (x.scalar !== null && x.scalar.parts < mostParts) {
    const reciprocal: Activation = {
      name: 'reciprocal',
      value: (z) => by / z,
      derivative: (z) => -by / (z * z),
      slope: null,
      monotone: false,
    };
    const { value, derivative } = activationMoments(
      composed(reciprocal, x.scalar.activation),
      x.scalar.input.mean,
      x.scalar.input.kernel,
    );
    // A pole among the values has no moments.
    if (Number.isFinite(value[0]) && Number.isFinite(derivative[0])) return activate(tape, x, reciprocal);
  }
  return scale(tape, x, by / Math.max(x.kernel[0], 1e-30));
}
