import {
  appendAll,
  itemOfChild,
  type ListValue,
  listOf,
  literal,
  type ModuleValue,
  numberOf,
  UNKNOWN,
  type Value,
} from './value';

/** Lists longer than this are not multiplied out. */
const MAX_LENGTH = 1024;

export function binaryValue(op: string, left: Value, right: Value): Value {
  if (left.kind === 'list' || right.kind === 'list') {
    return listOperator(op, left, right);
  }
  if (left.kind !== 'literal' || right.kind !== 'literal') {
    return UNKNOWN;
  }
  if (typeof left.value === 'string' && op === '+' && typeof right.value === 'string') {
    return literal(left.value + right.value);
  }
  if (typeof left.value === 'string' && op === '%') {
    return literal(left.value.replace(/%[sd]/, String(right.value)));
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === null || b === null) {
    return UNKNOWN;
  }
  switch (op) {
    case '+':
      return literal(a + b);
    case '-':
      return literal(a - b);
    case '*':
      return literal(a * b);
    case '/':
      return b === 0 ? UNKNOWN : literal(a / b);
    case '//':
      return b === 0 ? UNKNOWN : literal(Math.floor(a / b));
    case '%':
      return b === 0 ? UNKNOWN : literal(((a % b) + b) % b);
    case '**':
      return literal(a ** b);
    default:
      return UNKNOWN;
  }
}

function listOperator(op: string, left: Value, right: Value): Value {
  if (op === '+' && left.kind === 'list' && right.kind === 'list') {
    const out = listOf([]);
    appendAll(out, left, false);
    appendAll(out, right, false);
    return out;
  }
  if (op === '*') {
    const [list, count] = left.kind === 'list' ? [left, numberOf(right)] : [right, numberOf(left)];
    if (list.kind !== 'list') {
      return UNKNOWN;
    }
    if (count === null || list.items.length * count > MAX_LENGTH) {
      return listOf([...list.items], 0);
    }
    const out = listOf([]);
    for (let i = 0; i < count; i++) {
      appendAll(out, list, false);
    }
    return out;
  }
  return UNKNOWN;
}

export function unaryValue(op: string, operand: Value): Value {
  const value = numberOf(operand);
  if (op === '-' && value !== null) {
    return literal(-value);
  }
  if (op === 'not' && operand.kind === 'literal') {
    return literal(!operand.value);
  }
  return UNKNOWN;
}

/** `a < b <= c`, `i in (3, 7)`, `x is None`. */
export function compareValue(ops: readonly string[], operands: readonly Value[]): Value {
  let result = true;
  for (const [index, op] of ops.entries()) {
    const left = operands[index];
    const right = operands[index + 1];
    const one =
      left === undefined || right === undefined ? null : comparison(op.replace(/\s+/g, ' '), left, right);
    if (one === null) {
      return UNKNOWN;
    }
    result &&= one;
  }
  return literal(result);
}

function comparison(op: string, left: Value, right: Value): boolean | null {
  if (op === 'in' || op === 'not in') {
    if (right.kind === 'dict' && left.kind === 'literal' && !right.entries.has('*')) {
      return right.entries.has(String(left.value)) === (op === 'in');
    }
    if (
      right.kind !== 'list' ||
      left.kind !== 'literal' ||
      right.items.some((item) => item.value.kind !== 'literal')
    ) {
      return null;
    }
    const found = right.items.some(
      (item) => item.value.kind === 'literal' && item.value.value === left.value,
    );
    return found === (op === 'in');
  }
  if ((op === 'is' || op === 'is not') && right.kind === 'literal' && right.value === null) {
    const isNone = left.kind === 'unknown' ? null : left.kind === 'literal' && left.value === null;
    return isNone === null ? null : isNone === (op === 'is');
  }
  if (left.kind !== 'literal' || right.kind !== 'literal') {
    return null;
  }
  if (op === '==' || op === 'is') {
    return left.value === right.value;
  }
  if (op === '!=' || op === 'is not') {
    return left.value !== right.value;
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === null || b === null) {
    return null;
  }
  switch (op) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return null;
  }
}

/** `xs[i]`, `xs[1:]`, `d["key"]`. `slice` is the text between the brackets when it is one. */
export function subscriptValue(object: Value, key: Value | null, slice: string | null): Value {
  if (object.kind === 'dict' && key?.kind === 'literal') {
    return object.entries.get(String(key.value))?.value ?? UNKNOWN;
  }
  if (object.kind === 'module' && key?.kind === 'literal') {
    const wanted =
      typeof key.value === 'number' && key.value < 0 ? object.children.length + key.value : key.value;
    return object.children.find((child) => child.key === String(wanted))?.value ?? UNKNOWN;
  }
  if (object.kind === 'module' && slice !== null) {
    return moduleSlice(object, slice);
  }
  if (object.kind !== 'list') {
    return UNKNOWN;
  }
  if (slice !== null) {
    return sliceValue(object, slice);
  }
  const index = numberOf(key ?? undefined);
  if (index === null || object.certain < object.items.length) {
    return UNKNOWN;
  }
  return object.items.at(index)?.value ?? UNKNOWN;
}

function sliceValue(list: ListValue, text: string): Value {
  const bounds = /^\s*(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?$/.exec(text);
  if (bounds === null || list.certain < list.items.length) {
    return UNKNOWN;
  }
  const [, from, to, step] = bounds;
  const items = list.items.slice(from ? Number(from) : 0, to ? Number(to) : undefined);
  if (step === '-1') {
    return from || to ? UNKNOWN : listOf([...list.items].reverse());
  }
  return step && step !== '1' ? UNKNOWN : listOf(items);
}

/** `layers[1:]` of a container: a new one with the same modules. */
function moduleSlice(container: ModuleValue, text: string): Value {
  if (container.children.some((child) => child.key === '*')) {
    return UNKNOWN;
  }
  const part = sliceValue(listOf(container.children.map(itemOfChild)), text);
  if (part.kind !== 'list') {
    return UNKNOWN;
  }
  const kept = new Set(part.items.map((item) => item.value));
  const children = container.children
    .filter((child) => kept.has(child.value))
    .map((child, index) => ({ ...child, key: String(index) }));
  return { ...container, children, fields: new Map() };
}
