import { addKernel, type Kernel, mapKernel, scaleKernel, zeroKernel } from '../kernel';
import { type Axis, featureCount, positionCount, type Shape } from '../shape';
import {
  type Bend,
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
export function affine(
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
  if (x.shape[last]?.role === 'feature') return dense(tape, x, layer);
  // Token mixing: behind the layer the tokens are places again.
  const mixed = dense(tape, mixPositions(tape, x, last), layer);
  return featureCount(x.shape) > 1 ? placesAgain(tape, mixed, x.shape, last) : mixed;
}

function dense(tape: Tape, entered: Flow, layer: LinearParts): Flow {
  const last = entered.shape.length - 1;
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
        tape.entryMoment(bentMoment(grad.bend, entered, layer.weight), ones, shape, positions);
      tape.gather(layer.weight, layer.inputs * layer.outputs * entry);
      gatherBias(tape, layer.bias, delta, shape, positions);
      const second = secondMoment(layer.weight.init);
      const factor = layer.outputs * second;
      tape.send(
        entered,
        mapGrad(
          grad,
          (k) => scaleKernel(k, factor),
          throughWeights(grad.bend, layer.inputs * second, factor),
        ),
      );
    },
  });
}

/** What the dependence of δ on the input adds to an entry of the weight's gradient, by pair: Var(x)² σ² Σ_j H_ij². */
export function bentMoment(bend: Bend | null, x: Flow, weight: Parameter): Kernel {
  if (bend === null) return zeroKernel;
  const varying = Math.max(0, x.kernel[0] - x.kernel[3]);
  return scaleKernel(wholeBend(bend), varying * varying * secondMoment(weight.init));
}

function wholeBend(bend: Bend): Kernel {
  return addKernel(bend.trace, addKernel(bend.own, bend.mixed));
}

/** WᵀHW: the trace keeps its sign and passes once, everything spreads over pairs of features. */
export function throughWeights(bend: Bend | null, gainIn: number, gainOut: number): Bend | null {
  if (bend === null) return null;
  return {
    trace: scaleKernel(bend.trace, gainOut * gainOut),
    own: zeroKernel,
    mixed: scaleKernel(wholeBend(bend), gainIn * gainOut),
  };
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
export function mixPositions(tape: Tape, x: Flow, index: number): Flow {
  const shape = x.shape.map((axis, i): Axis => {
    if (i === index) return { size: axis.size, role: 'feature' };
    return axis.role === 'feature' ? { size: axis.size, role: 'position' } : axis;
  });
  return exchangeRoles(tape, x, shape);
}

/** The way back from mixPositions: axes have their former roles, whatever their sizes became. */
export function placesAgain(tape: Tape, x: Flow, former: Shape, index: number): Flow {
  const shape = x.shape.map((axis, i): Axis => {
    if (i === index) return { size: axis.size, role: 'position' };
    const role = former[i]?.role ?? axis.role;
    return role === axis.role ? axis : { size: axis.size, role };
  });
  return exchangeRoles(tape, x, shape);
}

/** The same numbers where features are places and places are features: what was alike over one is not over the other. */
function exchangeRoles(tape: Tape, x: Flow, shape: Shape): Flow {
  const across = x.mean * x.mean;
  return tape.add({
    shape,
    mean: x.mean,
    kernel: [x.kernel[0], across, x.kernel[2], across],
    back: (grad) => {
      const g = foldGrad(grad, positionCount(shape));
      // A gradient that is alike at all places of a channel is alike for all features here.
      tape.sendSpread(x, [g[0], 0, g[2], 0]);
    },
  });
}
