import { listed } from './creation';
import type { Reader } from './reader';
import { type Args, isKind, isList, list, type Value } from './values';

/** Functions of numbers that constants of a model are made with. */
const eachNumber: Readonly<Record<string, (z: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  sqrt: Math.sqrt,
  rsqrt: (z) => 1 / Math.sqrt(z),
  reciprocal: (z) => 1 / z,
  neg: (z) => -z,
  abs: Math.abs,
  round: Math.round,
  floor: Math.floor,
  ceil: Math.ceil,
};

const ofTwo: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  divide: (a, b) => a / b,
  true_divide: (a, b) => a / b,
  pow: (a, b) => a ** b,
};

/** A function of small constants whose numbers are known; null where any of them is not, or the function is none of these. */
export function numbersFunction(reader: Reader, name: string, given: Args): Value | null {
  const [first, second] = given.positional;
  const a = numbersOf(first);
  if (a === null || a.length === 0) return null;
  const b = numbersOf(second);
  const joint = ofTwo[name];
  if (joint !== undefined && b !== null) return zipped(reader, a, b, joint);
  // A second argument names the axis, of which there is one.
  if (!isKind(first, 'tensor') || (second !== undefined && second !== 0 && second !== -1)) return null;
  if (Object.hasOwn(eachNumber, name)) return listed(reader, a.map(eachNumber[name] ?? Number));
  switch (name) {
    case 'prod':
      return a.reduce((total, n) => total * n, 1);
    case 'sum':
      return a.reduce((total, n) => total + n, 0);
    case 'max':
      return Math.max(...a);
    case 'min':
      return Math.min(...a);
    case 'tolist':
      return list([...a]);
    case 'item':
      return a[0] ?? null;
    case 'int':
    case 'long':
      return listed(reader, a.map(Math.trunc));
    case 'diff':
      return listed(
        reader,
        a.slice(1).map((n, i) => n - (a[i] ?? 0)),
      );
    case 'unique':
      return listed(reader, [...new Set(a)]);
    default:
      return name === 'cumsum' ? listed(reader, runningSums(a)) : null;
  }
}

function runningSums(numbers: readonly number[]): number[] {
  let total = 0;
  return numbers.map((n) => {
    total += n;
    return total;
  });
}

/** Entry by entry, a single number with every one; null where the lengths differ. */
export function zipped(
  reader: Reader,
  a: readonly number[],
  b: readonly number[],
  f: (x: number, y: number) => number,
): Value | null {
  const length = Math.max(a.length, b.length);
  if ((a.length !== length && a.length !== 1) || (b.length !== length && b.length !== 1)) return null;
  const at = (values: readonly number[], i: number) => values[values.length === 1 ? 0 : i] ?? 0;
  return listed(
    reader,
    Array.from({ length }, (_, i) => f(at(a, i), at(b, i))),
  );
}

/** The numbers of a constant, where they are known. */
export function numbersOf(value: Value | undefined): readonly number[] | null {
  if (typeof value === 'number') return [value];
  if (isKind(value, 'tensor') || isKind(value, 'indices')) return value.numbers ?? null;
  if (!isList(value)) return null;
  const numbers = value.items.filter((item) => typeof item === 'number');
  return numbers.length === value.items.length ? numbers : null;
}
