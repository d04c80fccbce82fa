import { activationNamed } from '../activations';
import { mapKernel, scaleKernel } from '../kernel';
import { reshape } from '../ops/reshape';
import { activate, scale } from '../ops/scalar';
import { type Axis, axisIndex, positionCount } from '../shape';
import { type Flow, foldGrad, scaleGrad } from '../tape';
import type { Reader } from './reader';
import { reduce } from './reductions';
import { type Args, argument, isKind, isList, tensor, type Value } from './values';

/** Norms, logarithms, windows and other methods of tensors that are made of simpler ones; null for any other. */
export function measureMethod(reader: Reader, x: Flow, name: string, given: Args): Value | null {
  const { tape } = reader;
  switch (name) {
    case 'norm':
    case 'vector_norm': {
      const dim = given.keywords.get('dim') ?? given.positional[name === 'norm' ? 1 : 0];
      return tensor(lengthOf(reader, x, dim, argument(given, 2, 'keepdim') === true));
    }
    case 'log':
    case 'log1p':
    case 'log2':
    case 'log10':
      return tensor(linearised(reader, x, logarithms[name] ?? naturalLog));
    case 'fmod':
    case 'remainder':
    case 'nan_to_num':
      return tensor(x);
    case 'neg':
    case 'negative':
      return tensor(scale(tape, x, -1));
    case 'unfold':
      return unfolded(reader, x, given);
    case 'movedim':
    case 'moveaxis':
      return moved(reader, x, given);
    default:
      return null;
  }
}

interface Curve {
  readonly value: (z: number) => number;
  readonly slope: (z: number) => number;
}

const naturalLog: Curve = { value: Math.log, slope: (z) => 1 / z };
const logarithms: Readonly<Record<string, Curve>> = {
  log: naturalLog,
  log1p: { value: Math.log1p, slope: (z) => 1 / (1 + z) },
  log2: { value: Math.log2, slope: (z) => 1 / (z * Math.LN2) },
  log10: { value: Math.log10, slope: (z) => 1 / (z * Math.LN10) },
};

const squareRoot: Curve = { value: Math.sqrt, slope: (z) => 0.5 / Math.sqrt(z) };

/** A function of positive entries that vary little against their size: a straight line through their root mean square. */
function linearised(reader: Reader, x: Flow, curve: Curve): Flow {
  const level = Math.sqrt(Math.max(1e-24, x.kernel[0]));
  const value = curve.value(level);
  const slope = curve.slope(level);
  const square = slope * slope;
  const centre = x.mean * x.mean;
  return reader.tape.add({
    shape: x.shape,
    mean: value,
    kernel: mapKernel(x.kernel, (k) => value * value + square * (k - centre)),
    free: x.free,
    back: (grad) => reader.tape.send(x, scaleGrad(grad, square)),
  });
}

/** Euclidean length over some axes. */
function lengthOf(reader: Reader, x: Flow, dim: Value | undefined, keep: boolean): Flow {
  const square = activationNamed('square');
  const axes =
    typeof dim === 'number' ? [dim] : isList(dim) ? dim.items.filter((d) => typeof d === 'number') : [];
  const squares = square === null ? x : activate(reader.tape, x, square);
  return linearised(reader, reduce(reader, squares, axes, 'sum', keep), squareRoot);
}

/** `x.unfold(dim, size, step)`: windows along an axis, which may overlap; a window's entries come last. */
function unfolded(reader: Reader, x: Flow, given: Args): Value | null {
  const dim = argument(given, 0, 'dimension');
  const size = argument(given, 1, 'size');
  const step = argument(given, 2, 'step');
  if (typeof dim !== 'number' || typeof size !== 'number' || typeof step !== 'number') return null;
  const at = axisIndex(x.shape, dim);
  const axis = x.shape[at];
  if (axis === undefined || !(step > 0) || !(axis.size >= size)) return null;
  const windows = Math.floor((axis.size - size) / step) + 1;
  const cut = windows * size;
  const widened: Axis[] = x.shape.map((old, i) => (i === at ? { ...old, size: cut } : old));
  // Entries that several windows hold get a gradient from each.
  const times = cut / axis.size;
  const held = reader.tape.add({
    shape: widened,
    mean: x.mean,
    kernel: x.kernel,
    back: (grad) => reader.tape.sendSpread(x, scaleKernel(foldGrad(grad, positionCount(widened)), times)),
  });
  const shape: Axis[] = [
    ...x.shape.map((old, i): Axis => (i === at ? { size: windows, role: 'position' } : old)),
    { size, role: 'feature' },
  ];
  return tensor(reshape(reader.tape, held, shape));
}

function moved(reader: Reader, x: Flow, given: Args): Value | null {
  const [from, to] = given.positional;
  const method = { kind: 'bound', self: tensor(x), method: 'permute' } as const;
  if (typeof from !== 'number' || typeof to !== 'number') return null;
  const order = x.shape.map((_, i) => i).filter((i) => i !== axisIndex(x.shape, from));
  order.splice(axisIndex(x.shape, to), 0, axisIndex(x.shape, from));
  const result = reader.call(method, { positional: order, keywords: new Map() });
  return isKind(result, 'tensor') ? result : null;
}
