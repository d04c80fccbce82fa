import { listed } from './creation';
import type { Reader } from './reader';
import { iterate } from './sequences';
import { callTensorMethod } from './tensors';
import { type Args, args, isKind, isList, list, numberArgument, tuple, unknown, type Value } from './values';

export function ordered(given: Args): Value {
  const entries = new Map<Value, Value>();
  const first = given.positional[0];
  if (isList(first))
    for (const pair of first.items)
      if (isList(pair)) entries.set(pair.items[0] ?? null, pair.items[1] ?? null);
  if (isKind(first, 'dict')) for (const [key, value] of first.entries) entries.set(key, value);
  for (const [key, value] of given.keywords) entries.set(key, value);
  return { kind: 'dict', entries };
}

export function iterators(reader: Reader, name: string, given: Args): Value {
  if (name === 'chain' || name === 'from_iterable') {
    const lists = name === 'chain' ? given.positional : iterate(reader, given.positional[0] ?? null);
    return list(lists.flatMap((item) => iterate(reader, item)));
  }
  if (name === 'pairwise') {
    const items = iterate(reader, given.positional[0] ?? null);
    return list(items.slice(1).map((item, i) => tuple([items[i] ?? null, item])));
  }
  if (name === 'product' || name === 'repeat' || name === 'accumulate') return combined(reader, name, given);
  if (name === 'zip_longest') return reader.call({ kind: 'native', name: 'builtins.zip' }, given);
  if (name === 'islice') {
    const [items, a, b] = given.positional;
    const all = iterate(reader, items ?? null);
    return list(
      typeof b === 'number'
        ? all.slice(typeof a === 'number' ? a : 0, b)
        : all.slice(0, typeof a === 'number' ? a : 0),
    );
  }
  return unknown(`itertools.${name}`);
}

function combined(reader: Reader, name: string, given: Args): Value {
  const [first = null, second] = given.positional;
  if (name === 'repeat')
    return typeof second === 'number'
      ? list(Array.from({ length: Math.min(second, 10_000) }, () => first))
      : unknown('an endless repetition');
  if (name === 'accumulate') {
    let total: Value | null = null;
    return list(
      iterate(reader, first).map((item) => {
        total = total === null ? item : reader.combine('+', total, item, false);
        return total;
      }),
    );
  }
  const parts = given.positional.map((part) => iterate(reader, part));
  if (parts.reduce((total, items) => total * items.length, 1) > 10_000) return unknown('a large product');
  return list(
    parts
      .reduce<Value[][]>((rows, items) => rows.flatMap((row) => items.map((item) => [...row, item])), [[]])
      .map((row) => tuple(row)),
  );
}

export function mathematics(reader: Reader, name: string, given: Args): Value {
  const [a, b] = given.positional;
  if ((name === 'array' || name === 'asarray') && isList(a)) {
    const numbers = a.items.filter((v): v is number => typeof v === 'number');
    return { ...listed(reader, numbers), isArray: true };
  }
  if (isList(a) && ['sum', 'max', 'min', 'cumsum'].includes(name)) {
    const numbers = a.items.filter((v): v is number => typeof v === 'number');
    return callTensorMethod(reader, listed(reader, numbers), name, args());
  }
  if (name === 'prod' && isList(a))
    return a.items.reduce<number>((t, v) => t * (typeof v === 'number' ? v : 1), 1);
  if (name === 'linspace' && typeof a === 'number' && typeof b === 'number') {
    const n = numberArgument(given, 2, 'num', 50);
    return list(
      Array.from({ length: Math.min(n, 4096) }, (_, i) => (n > 1 ? a + ((b - a) * i) / (n - 1) : a)),
    );
  }
  if (typeof a !== 'number')
    return isKind(a, 'tensor') ? callTensorMethod(reader, a, name, args()) : unknown(name);
  const second = typeof b === 'number' ? b : 0;
  const table: Readonly<Record<string, () => number>> = {
    sqrt: () => Math.sqrt(a),
    log: () => (typeof b === 'number' ? Math.log(a) / Math.log(b) : Math.log(a)),
    log2: () => Math.log2(a),
    log10: () => Math.log10(a),
    exp: () => Math.exp(a),
    floor: () => Math.floor(a),
    ceil: () => Math.ceil(a),
    pow: () => a ** second,
    cos: () => Math.cos(a),
    sin: () => Math.sin(a),
    tanh: () => Math.tanh(a),
    fabs: () => Math.abs(a),
    gcd: () => greatestDivisor(a, second),
  };
  return Object.hasOwn(table, name) ? (table[name]?.() ?? null) : unknown(`math.${name}`);
}

function greatestDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  for (let i = 0; y > 0 && i < 100; i++) [x, y] = [y, x % y];
  return x;
}
