import type { ArgumentFact, Literal, LiteralPlace } from './facts';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { Argument, CallExpr, Expr } from './syntax/ast';
import { statementsIn } from './syntax/walk';

const MAX_DEPTH = 8;

/** The literal an expression is, a sign included; undefined when it is not one. */
export function literalOf(expr: Expr): Literal | undefined {
  switch (expr.kind) {
    case 'number':
      return expr.value;
    case 'string':
      return expr.value ?? undefined;
    case 'constant':
      return expr.value;
    case 'unary':
      return expr.op === '-' && expr.operand.kind === 'number' ? -expr.operand.value : undefined;
    case 'call':
      return floatOf(expr);
    default:
      return undefined;
  }
}

/** `float("inf")` and the like. */
function floatOf(call: CallExpr): number | undefined {
  const text = call.args.length === 1 ? call.args[0]?.value : undefined;
  if (call.func.kind !== 'name' || call.func.id !== 'float' || text?.kind !== 'string') {
    return undefined;
  }
  switch (text.value?.toLowerCase()) {
    case 'inf':
    case 'infinity':
      return Number.POSITIVE_INFINITY;
    case 'nan':
      return Number.NaN;
    default:
      return undefined;
  }
}

/** Where the number behind an expression is written, if one definition in the file gives it. */
export function numberPlace(source: PythonSource, expr: Expr): LiteralPlace | null {
  const known = source.numbers.get(expr);
  if (known !== undefined) {
    return known;
  }
  const found = place(source, expr, 'argument', 0);
  source.numbers.set(expr, found);
  return found;
}

function place(
  source: PythonSource,
  expr: Expr,
  definedAs: LiteralPlace['definedAs'],
  depth: number,
): LiteralPlace | null {
  const literal = literalOf(expr);
  if (typeof literal === 'number') {
    return { value: literal, text: source.source(expr), range: source.range(expr), definedAs };
  }
  if (depth > MAX_DEPTH) {
    return null;
  }
  switch (expr.kind) {
    case 'name':
      return namePlace(source, expr, depth);
    case 'attribute':
      return attributePlace(source, expr, depth);
    case 'subscript': {
      const key = expr.indices.length === 1 ? expr.indices[0] : undefined;
      const value =
        key?.kind === 'string' && key.value !== null ? entryOf(source, expr.object, key.value) : null;
      return value === null ? null : place(source, value, 'field', depth + 1);
    }
    case 'call':
      // `float(args.lr)`
      return expr.func.kind === 'name' && (expr.func.id === 'float' || expr.func.id === 'int') && expr.args[0]
        ? place(source, expr.args[0].value, definedAs, depth + 1)
        : null;
    default:
      return null;
  }
}

function namePlace(source: PythonSource, expr: Expr, depth: number): LiteralPlace | null {
  const bindings = source.bindings(expr);
  const [only] = bindings;
  if (bindings.length !== 1 || only === undefined) {
    return null;
  }
  if (only.kind === 'assign' && only.value !== null) {
    return place(source, only.value, 'variable', depth + 1);
  }
  if (only.kind === 'parameter' && expr.kind === 'name') {
    const value = argumentFor(source, source.scopeAt(expr.start), expr.id);
    return value === null
      ? null
      : place(source, value, only.value === value ? 'default' : 'argument', depth + 1);
  }
  return null;
}

function attributePlace(
  source: PythonSource,
  expr: Expr & { kind: 'attribute' },
  depth: number,
): LiteralPlace | null {
  if (source.isSelf(expr.object)) {
    const bindings = source.bindings(expr);
    const [only] = bindings;
    return bindings.length === 1 && only?.kind === 'assign' && only.value !== null
      ? place(source, only.value, 'field', depth + 1)
      : null;
  }
  const value = fieldOf(source, expr.object, expr.attr) ?? optionDefault(source, expr.attr);
  return value === null ? null : place(source, value, 'field', depth + 1);
}

/** `CONFIG["lr"]`: the entry of the one dict that name is bound to. */
function entryOf(source: PythonSource, object: Expr, key: string): Expr | null {
  const value = source.valueOf(object);
  if (value?.kind === 'dict') {
    const hits = value.entries.filter((entry) => entry.key?.kind === 'string' && entry.key.value === key);
    return hits.length === 1 ? (hits[0]?.value ?? null) : null;
  }
  if (value?.kind === 'call' && value.func.kind === 'name' && value.func.id === 'dict') {
    return value.args.find((arg) => arg.name === key)?.value ?? null;
  }
  return null;
}

/**
 * `config.lr`: a field of the class that `config` is an instance of; where that cannot be seen (a parameter), of the
 * only class in the file with a field of that name that is no model.
 */
function fieldOf(source: PythonSource, object: Expr, attr: string): Expr | null {
  const value = source.valueOf(object);
  const name =
    value === null ? null : value.kind === 'call' ? source.nameOf(value.func) : source.nameOf(value);
  const known = name === null ? null : source.classNamed(name);
  if (known !== null) {
    const given = value?.kind === 'call' ? value.args.find((arg) => arg.name === attr)?.value : undefined;
    return given ?? onlyValue(known, attr);
  }
  const holders = source.scopes.filter((scope) => scope.kind === 'class' && scope.bindings.has(attr));
  const [only] = holders;
  return holders.length === 1 && only !== undefined ? onlyValue(only, attr) : null;
}

function onlyValue(owner: Scope, attr: string): Expr | null {
  const bindings = owner.bindings.get(attr) ?? owner.attributes.get(attr) ?? [];
  const [only] = bindings;
  return bindings.length === 1 && only?.kind === 'assign' ? only.value : null;
}

/** `args.lr`: the default of `parser.add_argument("--lr", default=...)`. */
function optionDefault(source: PythonSource, attr: string): Expr | null {
  const hits = optionsOf(source).get(`--${attr.replace(/_/g, '-')}`);
  const [only] = hits ?? [];
  return hits?.size === 1 ? (only?.args.find((arg) => arg.name === 'default')?.value ?? null) : null;
}

/** The calls that define a file's options by name; there may be as many options as places that read one. */
const optionCalls = new WeakMap<PythonSource, ReadonlyMap<string, ReadonlySet<CallExpr>>>();

function optionsOf(source: PythonSource): ReadonlyMap<string, ReadonlySet<CallExpr>> {
  const known = optionCalls.get(source);
  if (known !== undefined) {
    return known;
  }
  const byName = new Map<string, Set<CallExpr>>();
  for (const { call } of [...source.callsNamed('add_argument'), ...source.callsNamed('add_option')]) {
    for (const { name, value } of call.args) {
      const option = name === null && value.kind === 'string' ? value.value?.replace(/_/g, '-') : undefined;
      if (option !== undefined) {
        byName.set(option, (byName.get(option) ?? new Set()).add(call));
      }
    }
  }
  optionCalls.set(source, byName);
  return byName;
}

/**
 * The value a parameter has: its default when no call in the file gives another, or the one value that the file's only
 * call gives; null when calls differ.
 */
export function argumentFor(source: PythonSource, scope: Scope, param: string): Expr | null {
  const owner = functionWith(scope, param);
  if (owner === null || owner.node?.kind !== 'function') {
    return null;
  }
  const params = owner.node.params;
  const isMethod = owner.parent?.kind === 'class';
  const index = params.findIndex((one) => one.name === param);
  const fallback = params[index]?.default ?? null;
  const target = isMethod && owner.node.name === '__init__' ? owner.parent : owner;
  const calls = target === null ? [] : source.callsOf(target);
  const position = isMethod ? index - 1 : index;
  const given = calls.map(({ call }) => argumentOf(call, param, position));
  const [first] = given;
  if (given.length === 0 || given.every((value) => value === null)) {
    return calls.some(({ call }) => call.args.some((arg) => arg.star !== 0)) ? null : fallback;
  }
  return given.length === 1 && first != null ? first : null;
}

function functionWith(scope: Scope, param: string): Scope | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.kind === 'function' && at.bindings.get(param)?.some((binding) => binding.kind === 'parameter')) {
      return at;
    }
  }
  return null;
}

/** Argument of a call by keyword or position; null when it is not given or hidden behind a star. */
export function argumentOf(call: CallExpr, name: string | null, position: number): Expr | null {
  const byName = name === null ? undefined : call.args.find((arg) => arg.name === name);
  if (byName !== undefined) {
    return byName.value;
  }
  const before = call.args.slice(0, position + 1);
  const arg = before[position];
  if (position < 0 || arg === undefined || before.some((one) => one.star !== 0 || one.name !== null)) {
    return null;
  }
  return arg.value;
}

/** Number an expression stands for, arithmetic included; null when unknown. */
export function evaluate(source: PythonSource, expr: Expr, depth = 0): number | null {
  if (depth > MAX_DEPTH) {
    return null;
  }
  if (expr.kind === 'binary') {
    const left = evaluate(source, expr.left, depth + 1);
    const right = evaluate(source, expr.right, depth + 1);
    return left === null || right === null ? null : arithmetic(expr.op, left, right);
  }
  if (expr.kind === 'unary' && expr.op === '-') {
    const value = evaluate(source, expr.operand, depth + 1);
    return value === null ? null : -value;
  }
  const known = numberPlace(source, expr)?.value;
  if (known !== undefined) {
    return known;
  }
  if (expr.kind === 'call') {
    return mathOf(source, expr, depth);
  }
  const behind = definition(source, expr);
  return behind === null ? null : evaluate(source, behind, depth + 1);
}

/** `math.sqrt(x)`, `len(xs)`. */
function mathOf(source: PythonSource, call: CallExpr, depth: number): number | null {
  const arg = call.args[0]?.value;
  const name = source.nameOf(call.func);
  if (arg === undefined) {
    return null;
  }
  if (name === 'len') {
    return lengthOf(source, arg, depth + 1);
  }
  const value = /^(?:math|numpy|torch)\.sqrt$/.test(name ?? '') ? evaluate(source, arg, depth + 1) : null;
  return value === null ? null : Math.sqrt(value);
}

/** Number of items of a list, tuple, range or what is bound to one; null when unknown. */
export function lengthOf(source: PythonSource, expr: Expr, depth = 0): number | null {
  if (depth > MAX_DEPTH) {
    return null;
  }
  switch (expr.kind) {
    case 'list':
    case 'tuple':
    case 'set':
      return expr.items.some((item) => item.kind === 'starred') ? null : expr.items.length;
    case 'dict':
      return expr.entries.every((entry) => entry.key !== null) ? expr.entries.length : null;
    case 'binary': {
      // `[a] + [b] * n`
      if (expr.op === '*') {
        const [list, times] = expr.left.kind === 'list' ? [expr.left, expr.right] : [expr.right, expr.left];
        const length = lengthOf(source, list, depth + 1);
        const factor = evaluate(source, times, depth + 1);
        return length === null || factor === null ? null : length * factor;
      }
      const left = expr.op === '+' ? lengthOf(source, expr.left, depth + 1) : null;
      const right = expr.op === '+' ? lengthOf(source, expr.right, depth + 1) : null;
      return left === null || right === null ? null : left + right;
    }
    case 'call':
      return callLength(source, expr, depth);
    case 'comprehension': {
      const [only] = expr.generators;
      return expr.generators.length === 1 && only?.conditions.length === 0
        ? lengthOf(source, only.iter, depth + 1)
        : null;
    }
    case 'subscript':
      return sliceLength(source, expr, depth);
    default: {
      const value = definition(source, expr);
      return value === null ? null : lengthOf(source, value, depth + 1);
    }
  }
}

function callLength(source: PythonSource, call: CallExpr, depth: number): number | null {
  const name = call.func.kind === 'name' ? call.func.id : '';
  const args = call.args.map((arg) => arg.value);
  const [first, second, third] = args;
  if (first === undefined) {
    return null;
  }
  switch (name) {
    case 'range': {
      const from = second === undefined ? 0 : evaluate(source, first, depth + 1);
      const to = evaluate(source, second ?? first, depth + 1);
      const step = third === undefined ? 1 : evaluate(source, third, depth + 1);
      return from === null || to === null || !step ? null : Math.max(0, Math.ceil((to - from) / step));
    }
    case 'enumerate':
    case 'reversed':
    case 'list':
    case 'tuple':
    case 'sorted':
      return lengthOf(source, first, depth + 1);
    case 'zip': {
      const lengths = args.map((arg) => lengthOf(source, arg, depth + 1));
      return lengths.some((length) => length === null)
        ? null
        : Math.min(...lengths.map((length) => length ?? 0));
    }
    default:
      return null;
  }
}

/** `dims[1:]`, `dims[:-1]`. */
function sliceLength(source: PythonSource, expr: Expr & { kind: 'subscript' }, depth: number): number | null {
  const [slice] = expr.indices;
  if (expr.indices.length !== 1 || slice?.kind !== 'slice') {
    return null;
  }
  const total = lengthOf(source, expr.object, depth + 1);
  const bounds = /^\s*(-?\d*)\s*:\s*(-?\d*)\s*$/.exec(source.source(slice));
  if (total === null || bounds === null) {
    return null;
  }
  const at = (text: string | undefined, fallback: number): number => {
    const value = text === undefined || text === '' ? fallback : Number(text);
    return Math.min(total, Math.max(0, value < 0 ? total + value : value));
  };
  return Math.max(0, at(bounds[2], total) - at(bounds[1], 0));
}

/** The expression behind a name, attribute or dict entry: its only assignment, a parameter's known value, a field. */
export function definition(source: PythonSource, expr: Expr): Expr | null {
  if (expr.kind === 'name') {
    const bindings = source.bindings(expr);
    const [only] = bindings;
    if (bindings.length !== 1 || only === undefined) {
      return null;
    }
    if (only.kind === 'parameter') {
      return argumentFor(source, source.scopeAt(expr.start), expr.id);
    }
    return only.kind === 'assign' && only.value !== expr ? only.value : null;
  }
  if (expr.kind === 'attribute') {
    if (source.isSelf(expr.object)) {
      const bindings = source.bindings(expr);
      return bindings.length === 1 && bindings[0]?.kind === 'assign' ? bindings[0].value : null;
    }
    return fieldOf(source, expr.object, expr.attr);
  }
  if (expr.kind === 'subscript') {
    const [key] = expr.indices;
    return key?.kind === 'string' && key.value !== null ? entryOf(source, expr.object, key.value) : null;
  }
  return null;
}

function arithmetic(op: string, left: number, right: number): number | null {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '//':
      return Math.floor(left / right);
    case '**':
      return left ** right;
    case '%':
      return left % right;
    default:
      return null;
  }
}

export function argumentFact(source: PythonSource, arg: Argument): ArgumentFact {
  return {
    name: arg.name,
    star: arg.star,
    text: source.source(arg.value),
    range: source.range(arg),
    valueRange: source.range(arg.value),
    literal: literalOf(arg.value),
    get number() {
      return numberPlace(source, arg.value);
    },
  };
}

/** Literal default of a parameter by name, across the calls in the file; used for activations given as arguments. */
export function stringOf(source: PythonSource, expr: Expr): string | null {
  if (expr.kind === 'string') {
    return expr.value;
  }
  const value = definition(source, expr);
  return value?.kind === 'string' ? value.value : null;
}

/** Every statement of a scope's own body and blocks. */
export function statementsOf(scope: Scope) {
  return statementsIn(scope.body, (stmt) => stmt.kind !== 'function' && stmt.kind !== 'class');
}
