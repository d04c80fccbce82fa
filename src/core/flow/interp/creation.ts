import { constant } from '../ops/elementwise';
import type { Axis, Shape } from '../shape';
import { createParameter, type Flow } from '../tape';
import { flowOf } from './operators';
import type { Reader } from './reader';
import {
  type Args,
  argument,
  isKind,
  isList,
  type ListValue,
  numberArgument,
  type TensorValue,
  tensor,
  unknown,
  type Value,
} from './values';

/** `nn.Parameter(tensor)`: the tensor's distribution is the initialisation. */
export function parameterFrom(reader: Reader, given: Args): Value {
  const value = argument(given, 0, 'data') ?? null;
  if (isKind(value, 'parameter')) return value;
  if (!isKind(value, 'tensor')) {
    if (typeof value === 'number')
      return {
        kind: 'parameter',
        parameter: createParameter([1], { mean: value, variance: 0 }, reader.offset),
      };
    return unknown('a parameter of unknown size');
  }
  const { mean, kernel, shape } = value.flow;
  const init = { mean, variance: Math.max(0, kernel[0] - mean * mean) };
  const sizes = shape.map((axis) => axis.size);
  const parameter = createParameter(sizes, init, reader.offset);
  if (given.keywords.get('requires_grad') === false || given.positional[1] === false)
    parameter.requiresGrad = false;
  return { kind: 'parameter', parameter };
}

/** Tensors made of sizes: their entries' mean and variance. Null when the function makes none. */
export function creation(reader: Reader, name: string, given: Args): Value | null {
  const made: Readonly<Record<string, readonly [number, number]>> = {
    zeros: [0, 0],
    ones: [1, 0],
    randn: [0, 1],
    rand: [0.5, 1 / 12],
    empty: [0, 0],
    Tensor: [0, 0],
    FloatTensor: [0, 0],
    full: [numberArgument(given, 1, 'fill_value', 0), 0],
    zeros_like: [0, 0],
    ones_like: [1, 0],
    randn_like: [0, 1],
    rand_like: [0.5, 1 / 12],
    normal: [numberArgument(given, 0, 'mean', 0), numberArgument(given, 1, 'std', 1) ** 2],
  };
  const tape = reader.tape;
  const first = given.positional[0] ?? given.keywords.get('size') ?? null;
  if (name.endsWith('_like') && Object.hasOwn(made, name)) {
    const x = flowOf(reader, first);
    const [mean, variance] = made[name] ?? [0, 0];
    if (isKind(first, 'indices')) return { kind: 'indices', shape: [] };
    if (x === null) return unknown(name);
    if (x.free) return tensor(constant(tape, x.shape, mean, variance));
    const m = mean * mean;
    return tensor(tape.add({ shape: x.shape, mean, kernel: [m + variance, m, m, m] }));
  }
  if (/Tensor$/.test(name) && isList(first)) return dataFrom(reader, first);
  if (Object.hasOwn(made, name)) {
    const [mean, variance] = made[name] ?? [0, 0];
    if (isIntegerType(given.keywords.get('dtype'))) return { kind: 'indices', shape: [] };
    const sizes = name === 'normal' ? (given.keywords.get('size') ?? given.positional[2] ?? null) : first;
    const shape = shapeOf(isList(sizes) ? sizes.items : name === 'full' ? [first] : given.positional);
    if (shape === null) return unknown(`${name} of unknown size`);
    if (!Number.isFinite(mean)) return unknown('a mask');
    return tensor(dataOrConstant(reader, shape, mean, variance));
  }
  if (name === 'tensor' || name === 'as_tensor' || name === 'from_numpy') {
    if (typeof first === 'number') return tensor(constant(tape, [], first, 0));
    if (isKind(first, 'tensor')) return first;
    return isList(first) ? dataFrom(reader, first) : unknown(name);
  }
  if (name === 'arange' || name === 'linspace') {
    const numbers = given.positional.filter((v): v is number => typeof v === 'number');
    if (numbers.length === 0) return unknown('a range of unknown length');
    const [from, to, by] =
      numbers.length === 1 ? [0, numbers[0] ?? 0, 1] : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 1];
    const size = Math.max(1, name === 'linspace' ? by : Math.ceil((to - from) / by));
    if (name === 'linspace') return listed(reader, spaced(from, to, size));
    const integers = Array.from({ length: Math.min(size, mostNumbers) }, (_, i) => from + i * by);
    return { kind: 'indices', shape: [{ size, role: 'position' }], numbers: integers };
  }
  if (name === 'eye' && typeof first === 'number' && first >= 1) {
    const columns = numberArgument(given, 1, 'm', first);
    const share = 1 / Math.max(1, columns);
    const shape: Shape = [first, columns].map((size) => ({ size, role: 'feature' }));
    return tensor(constant(tape, shape, share, share - share * share));
  }
  if (name === 'triu' || name === 'tril' || name === 'eye') return unknown('a mask');
  return null;
}

/** Entries of a constant that are remembered. */
const mostNumbers = 4096;

/** A tensor of the numbers in a list, which may be nested. */
function dataFrom(reader: Reader, items: ListValue): Value {
  const sizes: number[] = [];
  for (let level: Value | undefined = items; isList(level); level = level.items[0])
    sizes.push(level.items.length);
  const numbers = flatNumbers(items);
  if (sizes.length < 2) return listed(reader, numbers);
  const n = Math.max(1, numbers.length);
  const mean = numbers.reduce((t, v) => t + v, 0) / n;
  const variance = numbers.reduce((t, v) => t + (v - mean) ** 2, 0) / n;
  const shape = sizes.map((size): Axis => ({ size, role: 'feature' }));
  return tensor(constant(reader.tape, shape, mean, variance));
}

function flatNumbers(items: ListValue): number[] {
  return items.items.flatMap((v) => (isList(v) ? flatNumbers(v) : typeof v === 'number' ? [v] : []));
}

function spaced(from: number, to: number, count: number): number[] {
  const n = Math.max(1, Math.min(count, mostNumbers));
  return Array.from({ length: n }, (_, i) => (n > 1 ? from + ((to - from) * i) / (n - 1) : from));
}

/** A small constant tensor that remembers its numbers. */
export function listed(reader: Reader, numbers: readonly number[]): TensorValue {
  const n = Math.max(1, numbers.length);
  const mean = numbers.reduce((t, v) => t + v, 0) / n;
  const variance = numbers.reduce((t, v) => t + (v - mean) ** 2, 0) / n;
  return {
    kind: 'tensor',
    flow: constant(reader.tape, [{ size: numbers.length, role: 'feature' }], mean, variance),
    numbers,
  };
}

function isIntegerType(value: Value | undefined): boolean {
  return isKind(value, 'native') && /^torch\.(long|int\d*|short|LongTensor)$/.test(value.name);
}

function shapeOf(items: readonly Value[]): Shape | null {
  const out: Axis[] = [];
  for (const item of items) {
    if (typeof item !== 'number') return null;
    out.push({ size: item, role: 'feature' });
  }
  return out;
}

/** A tensor with the batch in front (an initial state) has one row a sample. */
function dataOrConstant(reader: Reader, shape: Shape, mean: number, variance: number): Flow {
  const at = shape.findIndex((axis) => axis.size === reader.tape.batch);
  if (at < 0 || at > 1 || shape.length < 2) return constant(reader.tape, shape, mean, variance);
  const roles = shape.map((axis, i): Axis => (i === at ? { size: axis.size, role: 'batch' } : axis));
  const m = mean * mean;
  return reader.tape.add({ shape: roles, mean, kernel: [m + variance, m, m, m] });
}
