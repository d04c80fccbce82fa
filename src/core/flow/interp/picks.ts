import { clipped } from '../activations';
import { addKernel, scaleKernel } from '../kernel';
import { broadcastShape, multiply } from '../ops/elementwise';
import { reshape, slice } from '../ops/reshape';
import { activate } from '../ops/scalar';
import { axisIndex } from '../shape';
import { type Flow, foldGrad } from '../tape';
import { flowOf } from './operators';
import type { Reader } from './reader';
import { type Args, argument, isKind, numberArgument, tensor, tuple, unknown, type Value } from './values';

/** Comparisons entry by entry: what they choose is not followed. */
const comparisons =
  /^(eq|ne|lt|le|gt|ge|less|greater|less_equal|greater_equal|isnan|isinf|isfinite|isclose|logical_\w+|nonzero|argwhere|any|all|argsort|searchsorted|bucketize)_?$/;

/** Methods of tensors that pick entries by their values, and comparisons; null for any other. */
export function pickMethod(reader: Reader, x: Flow, name: string, given: Args): Value | null {
  if (comparisons.test(name)) return unknown('a comparison');
  const other = argument(given, 0, 'other');
  // A free product is no layer: two vectors of constants.
  if ((name === 'ger' || name === 'outer') && isKind(other, 'tensor')) return outer(reader, x, other.flow);
  switch (name) {
    case 'clamp':
    case 'clamp_':
    case 'clip':
    case 'clamp_min':
    case 'clamp_max':
    case 'hardtanh':
      return held(reader, x, name, given);
    case 'max':
    case 'min':
      return isKind(other, 'tensor') ? largerOf(reader, x, other, name) : null;
    case 'maximum':
    case 'minimum':
    case 'fmax':
    case 'fmin':
      return largerOf(reader, x, other ?? null, name);
    case 'where':
      // x.where(condition, other)
      return eitherOf(reader, tensor(x), given.positional[1] ?? null);
    case 'topk': {
      const axis = axisIndex(x.shape, numberArgument(given, 1, 'dim', -1));
      return tuple([
        tensor(slice(reader.tape, x, axis, numberArgument(given, 0, 'k', 1))),
        unknown('places of the largest'),
      ]);
    }
    case 'sort':
    case 'median':
    case 'mode':
      return name === 'sort' ? tuple([tensor(x), unknown('an order')]) : null;
    case 'masked_select':
    case 'take_along_dim':
      return tensor(x);
    default:
      return null;
  }
}

/** Products of every entry of one vector with every entry of another. */
function outer(reader: Reader, a: Flow, b: Flow): Value {
  const column = reshape(reader.tape, a, [...a.shape, { size: 1, role: 'feature' }]);
  return tensor(multiply(reader.tape, column, b));
}

/** Entries between two bounds. */
function held(reader: Reader, x: Flow, name: string, given: Args): Value {
  const low = name === 'clamp_max' ? undefined : argument(given, 0, name === 'hardtanh' ? 'min_val' : 'min');
  const high =
    name === 'clamp_min'
      ? undefined
      : argument(given, name === 'clamp_max' ? 0 : 1, name === 'hardtanh' ? 'max_val' : 'max');
  const from = typeof low === 'number' ? low : name === 'hardtanh' ? -1 : -Infinity;
  const to = typeof high === 'number' ? high : name === 'hardtanh' ? 1 : Infinity;
  return from === -Infinity && to === Infinity
    ? tensor(x)
    : tensor(activate(reader.tape, x, clipped(from, to)));
}

/** The larger (or smaller) of two tensors entry by entry; a constant is a bound. */
function largerOf(reader: Reader, x: Flow, other: Value, name: string): Value {
  const least = /max/.test(name);
  const bound =
    typeof other === 'number'
      ? other
      : isKind(other, 'tensor') && isMask(other.flow) && other.flow.kernel[0] <= other.flow.mean ** 2
        ? other.flow.mean
        : null;
  if (bound === null) return eitherOf(reader, tensor(x), other);
  return tensor(activate(reader.tape, x, least ? clipped(bound, Infinity) : clipped(-Infinity, bound)));
}

/** `torch.where(condition, a, b)`: without the last two the places themselves, which are not known. */
export function chosenWhere(reader: Reader, given: Args): Value {
  const [, a, b] = given.positional;
  const yes = a ?? given.keywords.get('input');
  const no = b ?? given.keywords.get('other');
  return yes === undefined || no === undefined ? unknown('places') : eitherOf(reader, yes, no);
}

/** Entries of one of two tensors, half of each; where one is a constant it only masks the other. */
function eitherOf(reader: Reader, a: Value, b: Value): Value {
  const x = isKind(a, 'tensor') || isKind(a, 'parameter') || isKind(a, 'input') ? flowOf(reader, a) : null;
  const y = isKind(b, 'tensor') || isKind(b, 'parameter') || isKind(b, 'input') ? flowOf(reader, b) : null;
  if (x === null || y === null) return x === null ? (y === null ? a : tensor(y)) : tensor(x);
  if (isMask(y) && !isMask(x)) return tensor(x);
  if (isMask(x)) return tensor(y);
  const shape = broadcastShape(x, y);
  const half = (side: Flow) => (g: Flow['kernel']) => reader.tape.sendSpread(side, scaleKernel(g, 0.5));
  return tensor(
    reader.tape.add({
      shape,
      mean: (x.mean + y.mean) / 2,
      kernel: scaleKernel(addKernel(x.kernel, y.kernel), 0.5),
      back: (grad) => {
        const g = foldGrad(grad, 1);
        half(x)(g);
        half(y)(g);
      },
    }),
  );
}

/** A constant, or what is made of constants: nothing flows through it. */
function isMask(flow: Flow): boolean {
  return flow.back === null;
}
