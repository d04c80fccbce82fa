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
      return first?.kind === 'list' ? enumerate(first, numberOf(values[1]) ?? 0) : UNKNOWN;
    case 'zip':
      return zip(values);
    case 'dict':
    case 'collections.OrderedDict':
      return dictOf(call);
    case 'int': {
      const number = numberOf(first);
      return number === null ? UNKNOWN : literal(Math.trunc(number));
    }
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
