import type { PythonSource } from '../source';
import type { Expr, Stmt } from '../syntax/ast';
import type { Call } from './call';
import {
  itemOfChild,
  type ListItem,
  type ListValue,
  listOf,
  literal,
  numberOf,
  stringOf,
  UNKNOWN,
  type Value,
} from './value';

/** Python's own functions, as far as they shape an architecture; null for any other name. */
export function builtin(name: string, call: Call): Value | null {
  const values = call.args.map((arg) => arg.value);
  const [first] = values;
  switch (name) {
    case 'range':
      return range(values, call.env.source);
    case 'len': {
      const known = first?.kind === 'list' && first.certain >= first.items.length;
      if (first?.kind === 'module') {
        return first.children.some((child) => child.key === '*') ? UNKNOWN : literal(first.children.length);
      }
      return known ? literal(first.items.length) : UNKNOWN;
    }
    case 'list':
    case 'tuple':
      if (first?.kind === 'module') {
        return listOf(first.children.map(itemOfChild));
      }
      return first?.kind === 'list'
        ? listOf([...first.items], first.certain)
        : first === undefined
          ? listOf([])
          : UNKNOWN;
    case 'reversed':
      return first?.kind === 'list'
        ? listOf([...first.items].reverse(), first.certain < first.items.length ? 0 : undefined)
        : UNKNOWN;
    case 'enumerate':
      if (first?.kind === 'module') {
        return enumerate(listOf(first.children.map(itemOfChild)), numberOf(values[1]) ?? 0);
      }
      return first?.kind === 'list' ? enumerate(first, numberOf(values[1]) ?? 0) : UNKNOWN;
    case 'zip':
      return zip(values);
    case 'dict':
    case 'typing.OrderedDict':
    case 'collections.OrderedDict':
      return dictOf(call);
    case 'int':
      return rounded(first, Math.trunc);
    case 'math.ceil':
      return rounded(first, Math.ceil);
    case 'math.floor':
      return rounded(first, Math.floor);
    case 'round':
      return rounded(first, roundHalfEven);
    case 'abs':
      return rounded(first, Math.abs);
    case 'math.sqrt':
      return rounded(first, Math.sqrt);
    case 'sum':
      return sum(values);
    case 'isinstance':
      return isInstance(first, values[1]);
    case 'typing.cast':
      return values[1] ?? UNKNOWN;
    case 'float':
      return first ?? UNKNOWN;
    case 'str':
      return first?.kind === 'literal' ? literal(String(first.value)) : UNKNOWN;
    case 'max':
    case 'min': {
      const numbers = (
        values.length === 1 && first?.kind === 'list' ? first.items.map((item) => item.value) : values
      ).map(numberOf);
      const known = numbers.filter((value): value is number => value !== null);
      return known.length === 0 || known.length < numbers.length
        ? UNKNOWN
        : literal(name === 'max' ? Math.max(...known) : Math.min(...known));
    }
    default:
      return null;
  }
}

function itemOf(value: Value, like: ListItem | Call): ListItem {
  return 'expr' in like
    ? { value, node: like.expr, stmt: like.stmt, source: like.env.source, looped: like.env.looped }
    : { ...like, value };
}

const MAX_RANGE = 2048;

function range(values: readonly Value[], source: PythonSource): Value {
  const numbers = values.map(numberOf);
  const [first, second, third = 1] = numbers;
  if (numbers.includes(null) || first == null || third == null || third === 0) {
    return UNKNOWN;
  }
  const [from, to] = second == null ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((to - from) / third));
  if (count > MAX_RANGE) {
    return UNKNOWN;
  }
  const node: Expr = { kind: 'unknown', start: 0, end: 0, parts: [] };
  const stmt: Stmt = { kind: 'other', keyword: 'pass', start: 0, end: 0, parts: [] };
  return listOf(
    Array.from({ length: count }, (_, i) => ({
      value: literal(from + i * third),
      node,
      stmt,
      source,
      looped: false,
    })),
  );
}

function enumerate(list: ListValue, from: number): ListValue {
  return listOf(
    list.items.map((item, i) => itemOf(listOf([itemOf(literal(from + i), item), item]), item)),
    list.certain,
  );
}

function zip(values: readonly Value[]): Value {
  const lists = values.filter(
    (value): value is ListValue => value.kind === 'list' && value.certain >= value.items.length,
  );
  const [first] = lists;
  if (first === undefined || lists.length < values.length) {
    return UNKNOWN;
  }
  const length = Math.min(...lists.map((list) => list.items.length));
  return listOf(
    first.items
      .slice(0, length)
      .map((item, i) => itemOf(listOf(lists.flatMap((list) => list.items[i] ?? [])), item)),
  );
}

/** `dict(a=...)`, `OrderedDict([("a", ...)])`. */
function dictOf(call: Call): Value {
  const entries = new Map<string, ListItem>();
  const first = call.args[0];
  if (first?.name === null && first.value.kind === 'list') {
    for (const pair of first.value.items) {
      const [key, item] = pair.value.kind === 'list' ? pair.value.items : [];
      if (key !== undefined && item !== undefined) {
        entries.set(stringOf(key.value) ?? '*', { ...item, looped: pair.looped });
      }
    }
  } else if (first?.name === null && first.value.kind === 'dict') {
    for (const [key, item] of first.value.entries) {
      entries.set(key, item);
    }
  }
  for (const arg of call.args) {
    if (arg.name !== null) {
      entries.set(arg.name, { ...itemOf(arg.value, call), node: arg.node });
    }
  }
  return { kind: 'dict', entries };
}

function rounded(value: Value | undefined, by: (number: number) => number): Value {
  const number = numberOf(value);
  return number === null ? UNKNOWN : literal(by(number));
}

/** Python rounds halves to the even neighbour. */
function roundHalfEven(number: number): number {
  const below = Math.floor(number);
  return number - below === 0.5 ? below + (below % 2) : Math.round(number);
}

function sum([list, start]: readonly Value[]): Value {
  if (list?.kind !== 'list' || list.certain < list.items.length) {
    return UNKNOWN;
  }
  let total = start === undefined ? 0 : numberOf(start);
  for (const { value } of list.items) {
    const number = numberOf(value);
    total = total === null || number === null ? null : total + number;
  }
  return total === null ? UNKNOWN : literal(total);
}

/** Python's own types, by what we know a value as. */
const TYPES: ReadonlyMap<string, (value: Value) => boolean> = new Map([
  ['int', (value) => numberOf(value) !== null && Number.isInteger(numberOf(value))],
  ['float', (value) => numberOf(value) !== null && !Number.isInteger(numberOf(value))],
  ['str', (value) => stringOf(value) !== null],
  ['list', (value) => value.kind === 'list'],
  ['tuple', (value) => value.kind === 'list'],
  ['dict', (value) => value.kind === 'dict'],
]);

function isInstance(value: Value | undefined, type: Value | undefined): Value {
  const test = type?.kind === 'callable' && type.name !== null ? TYPES.get(type.name) : undefined;
  if (test === undefined || value === undefined || value.kind === 'unknown') {
    return UNKNOWN;
  }
  // Lists stand for tuples too, and a whole number may be a float: only a plain no is certain there.
  const holds = test(value);
  return holds && value.kind === 'list' ? UNKNOWN : literal(holds);
}
