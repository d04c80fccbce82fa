import { activationNamed } from '../activations';
import { add, constant, divide, multiply } from '../ops/elementwise';
import { placesAgain } from '../ops/linear';
import { activate, inverted, scale, shift } from '../ops/scalar';
import type { Flow } from '../tape';
import { listed } from './creation';
import { numbersOf, zipped } from './numbers';
import { matrixProduct } from './products';
import type { Reader } from './reader';
import { guessesForRank, truth } from './sequences';
import { isKind, isList, list, NeedShape, tensor, unknown, type Value } from './values';

/** The tensor behind a value: a tensor, or a parameter used as one; null for anything else. */
export function flowOf(reader: Reader, value: Value | undefined): Flow | null {
  if (isKind(value, 'tensor')) return value.flow;
  if (isKind(value, 'parameter')) return reader.tape.leaf(value.parameter);
  if (isKind(value, 'input')) throw new NeedShape(value.name, guessesForRank(-1));
  if (isKind(value, 'indices'))
    return value.numbers !== undefined
      ? listed(reader, value.numbers).flow
      : constant(reader.tape, value.shape, 0, 1);
  return null;
}

export function unaryOperation(reader: Reader, op: string, value: Value): Value {
  if (op === 'not') {
    const test = truth(value);
    return test === null ? unknown('a test') : !test;
  }
  if (typeof value === 'number') return op === '-' ? -value : op === '~' ? ~value : value;
  if (typeof value === 'boolean') return op === '-' ? -Number(value) : Number(value);
  const flow = flowOf(reader, value);
  if (flow !== null) return op === '-' ? tensor(scale(reader.tape, flow, -1)) : value;
  return value;
}

function numeric(op: string, a: number, b: number): Value {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return a - b * Math.floor(a / b);
    case '**':
      return a ** b;
    case '<<':
      return a * 2 ** b;
    case '>>':
      return Math.floor(a / 2 ** b);
    case '&':
      return a & b;
    case '|':
      return a | b;
    default:
      return unknown(`operator ${op}`);
  }
}

export function binaryOperation(reader: Reader, op: string, a: Value, b: Value, inPlace: boolean): Value {
  const x = typeof a === 'boolean' ? Number(a) : a;
  const y = typeof b === 'boolean' ? Number(b) : b;
  if (typeof x === 'number' && typeof y === 'number') return wholeBatch(reader, numeric(op, x, y), op, x / y);
  if (isList(x) && isList(y) && op === '+') {
    if (inPlace && x.kind === 'list') {
      x.items.push(...y.items);
      return x;
    }
    return { kind: x.kind, items: [...x.items, ...y.items] };
  }
  if (isList(x) && typeof y === 'number' && op === '*') return { kind: x.kind, items: repeat(x.items, y) };
  if (typeof x === 'number' && isList(y) && op === '*') return { kind: y.kind, items: repeat(y.items, x) };
  if (typeof x === 'string') {
    if (op === '%') return formatPercent(x, isList(y) ? y.items : [y]);
    return op === '+' && typeof y === 'string' ? x + y : unknown('a string');
  }
  if (isKind(x, 'parameter') && typeof y === 'number' && inPlace) {
    const { init } = x.parameter;
    const factor = op === '*' ? y : op === '/' ? 1 / y : 1;
    const added = op === '+' ? y : op === '-' ? -y : 0;
    x.parameter.init = { mean: init.mean * factor + added, variance: init.variance * factor * factor };
    return x;
  }
  if (isKind(x, 'object') && isList(y) && op === '+' && inPlace) {
    // A list of modules grows in place.
    reader.call({ kind: 'bound', self: x, method: 'extend' }, { positional: [y], keywords: new Map() });
    return x;
  }
  if (op === '@') return matrixProduct(reader, a, b);
  const known = numbersOperation(reader, op, x, y);
  if (known !== null) return known;
  const indices = op === '+' || op === '-' || typeof y === 'number' ? indicesOperation(reader, x, y) : null;
  if (indices !== null) return indices;
  return tensorOperation(reader, op, x, y);
}

/** Small constant tensors and numbers: the numbers stay known (`2 ** torch.linspace(...)`). */
function numbersOperation(reader: Reader, op: string, a: Value, b: Value): Value | null {
  const x = numbersOf(a);
  const y = numbersOf(b);
  // Integers stay indices while they are only moved.
  const integers = !isKind(a, 'tensor') && !isKind(b, 'tensor') && /^(\+|-|\*|\/\/|%)$/.test(op);
  if (x === null || y === null || (typeof a === 'number' && typeof b === 'number')) return null;
  if (isList(a) || isList(b) || typeof numeric(op, 1, 1) !== 'number') return null;
  const result = zipped(reader, x, y, (m, n) => Number(numeric(op, m, n)));
  const grid = isKind(a, 'indices') ? a : isKind(b, 'indices') ? b : null;
  return integers && grid !== null && isKind(result, 'tensor')
    ? { kind: 'indices', shape: grid.shape, numbers: result.numbers ?? [] }
    : result;
}

/** `windows.shape[0] // count` is the batch again, which is no whole number here (see Reader). */
function wholeBatch(reader: Reader, result: Value, op: string, quotient: number): Value {
  const { batch } = reader.tape;
  return op === '//' && Math.abs(quotient - batch) < 1e-9 * batch ? batch : result;
}

/** Integers stay integers: an offset is added, or two grids of them meet. */
function indicesOperation(reader: Reader, a: Value, b: Value): Value | null {
  if (isKind(a, 'indices') && isKind(b, 'indices')) {
    const rank = Math.max(a.shape.length, b.shape.length);
    const shape = Array.from({ length: rank }, (_, i) => {
      const x = a.shape[a.shape.length - rank + i];
      const y = b.shape[b.shape.length - rank + i];
      return (x?.size ?? 1) >= (y?.size ?? 1) ? (x ?? y) : y;
    });
    return { kind: 'indices', shape: shape.filter((axis) => axis !== undefined) };
  }
  const [grid, other] = isKind(a, 'indices') ? [a, b] : [b, a];
  if (!isKind(grid, 'indices')) return null;
  const places = grid.shape.at(-1);
  const offsets = isKind(other, 'tensor') && other.flow.free && other.flow.back === null ? other.flow : null;
  if (offsets !== null && places?.role === 'position') {
    const wanted = offsets.shape.at(-1)?.size ?? 1;
    if (wanted > 1 && wanted !== places.size)
      reader.mismatch('positions', `${places.size} tokens meet ${wanted} numbers`, wanted);
  }
  return typeof other === 'number' || offsets !== null ? grid : null;
}

/** `"block%d" % i`: each conversion takes the next value. */
function formatPercent(text: string, values: readonly Value[]): Value {
  let next = 0;
  return text.replace(/%[-0-9.]*[a-zA-Z]/g, () => String(values[next++] ?? ''));
}

function repeat(items: readonly Value[], times: number): Value[] {
  const out: Value[] = [];
  for (let i = 0; i < Math.min(times, 10_000); i++) out.push(...items);
  return out;
}

function tensorOperation(reader: Reader, op: string, a: Value, b: Value): Value {
  const tape = reader.tape;
  const first = typeof a === 'number' ? null : flowOf(reader, a);
  const second = typeof b === 'number' ? null : flowOf(reader, b);
  const left = first === null || second === null ? first : asTokens(reader, first, second);
  const right = first === null || second === null ? second : asTokens(reader, second, first);
  if (left !== null && right !== null) {
    checkPositions(reader, left, right);
    if (op === '+' || op === '-') return tensor(add(tape, left, right, op === '-' ? -1 : 1));
    if (op === '*') return tensor(left === right ? powered(reader, left, 2) : multiply(tape, left, right));
    if (op === '/') return tensor(divide(tape, left, right));
  }
  if (left !== null && typeof b === 'number') {
    if (op === '+' || op === '-') return tensor(shift(tape, left, op === '-' ? -b : b));
    if (op === '*') return tensor(scale(tape, left, b));
    if (op === '/' || op === '//') return tensor(scale(tape, left, 1 / b));
    if (op === '**') return tensor(powered(reader, left, b));
  }
  if (right !== null && typeof a === 'number') {
    if (op === '+') return tensor(shift(tape, right, a));
    if (op === '-') return tensor(shift(tape, scale(tape, right, -1), a));
    if (op === '*') return tensor(scale(tape, right, a));
    if (op === '/') return tensor(inverted(tape, a, right));
  }
  if (left !== null) return tensor(left);
  if (right !== null) return tensor(right);
  if (isKind(a, 'dict') && isKind(b, 'dict'))
    return { kind: 'dict', entries: new Map([...a.entries, ...b.entries]) };
  if (isList(a) && op === '+') return list(a.items);
  return unknown(`operator ${op}`);
}

/** Notes tensors whose position axes do not fit: the assumed length of the input was wrong. */
function checkPositions(reader: Reader, a: Flow, b: Flow): void {
  const rank = Math.min(a.shape.length, b.shape.length);
  for (let i = 1; i <= rank; i++) {
    const x = a.shape[a.shape.length - i]?.size ?? 1;
    const y = b.shape[b.shape.length - i]?.size ?? 1;
    if (x > 1 && y > 1 && x !== y) {
      const wanted = a.free ? x : b.free ? y : 0;
      const met = (a.free ? b : a).shape.at(-i);
      const isWidth = wanted > 0 && met?.role === 'feature';
      if (isWidth) reader.mismatch('features', `widths ${x} and ${y} meet`, wanted, met.size);
      else reader.mismatch('positions', `lengths ${x} and ${y} meet`, wanted);
    }
  }
}

/** Numbers that each meet a vector of their own (`x[:, :, None] * weight`) are tokens. */
function asTokens(reader: Reader, x: Flow, weight: Flow): Flow {
  const at = x.shape.length - 2;
  const axis = x.shape[at];
  if (x.free || !weight.free || axis === undefined || axis.role !== 'feature' || axis.size < 2) return x;
  const own = weight.shape.at(-2);
  const meets = own === undefined || own.size === axis.size;
  const lifts = x.shape.at(-1)?.size === 1 && (weight.shape.at(-1)?.size ?? 1) > 1;
  return meets && lifts ? placesAgain(reader.tape, x, x.shape, at) : x;
}

export function powered(reader: Reader, flow: Flow, exponent: number): Flow {
  const square = activationNamed('square');
  if (exponent === 2 && square !== null) return activate(reader.tape, flow, square);
  return flow;
}

/** Result of a comparison; null when it is not known. */
export function compare(op: string, a: Value, b: Value): boolean | null {
  if (op === 'is' || op === 'is not') {
    if (isKind(a, 'unknown') || isKind(b, 'unknown')) return null;
    return (a === b || sameNative(a, b)) === (op === 'is');
  }
  if (op === 'in' || op === 'not in') {
    const found = contains(a, b);
    return found === null ? null : found === (op === 'in');
  }
  if (isKind(a, 'sizes') || isKind(b, 'sizes')) return null;
  if (op === '==' || op === '!=') {
    const same = equal(a, b);
    return same === null ? null : same === (op === '==');
  }
  const x = typeof a === 'boolean' ? Number(a) : a;
  const y = typeof b === 'boolean' ? Number(b) : b;
  if (typeof x !== 'number' || typeof y !== 'number') return null;
  if (op === '<') return x < y;
  if (op === '<=') return x <= y;
  if (op === '>') return x > y;
  if (op === '>=') return x >= y;
  return null;
}

/** A library class or function by either of its two forms (`type(m) == nn.Linear`). */
function sameNative(a: Value, b: Value): boolean {
  const name = nativeName(a);
  return name !== null && name === nativeName(b);
}

function nativeName(value: Value): string | null {
  if (isKind(value, 'class')) return value.native;
  return isKind(value, 'native') ? value.name.replace(/^torch\.nn\.(modules\.\w+\.)?(?=[A-Z])/, 'nn.') : null;
}

function equal(a: Value, b: Value): boolean | null {
  if (isKind(a, 'unknown') || isKind(b, 'unknown') || isKind(a, 'tensor') || isKind(b, 'tensor')) return null;
  if (isList(a) && isList(b)) {
    return (
      a.items.length === b.items.length &&
      a.items.every((item, i) => equal(item, b.items[i] ?? null) === true)
    );
  }
  return a === b || sameNative(a, b);
}

function contains(a: Value, b: Value): boolean | null {
  if (isKind(a, 'unknown')) return null;
  if (isList(b)) return b.items.some((item) => equal(item, a) === true);
  if (typeof b === 'string') return typeof a === 'string' ? b.includes(a) : null;
  if (isKind(b, 'dict')) return [...b.entries.keys()].some((key) => key === a || equal(key, a) === true);
  if (isKind(b, 'object') && typeof a === 'string') return b.fields.has(a);
  return null;
}
