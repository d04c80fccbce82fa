import { addTo } from './multimap';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { CallExpr, Expr } from './syntax/ast';

/** `CONFIG["lr"]`: the entry of the one dict that name is bound to. */
export function entryOf(source: PythonSource, object: Expr, key: string): Expr | null {
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
export function fieldOf(source: PythonSource, object: Expr, attr: string): Expr | null {
  const value = source.valueOf(object);
  const name =
    value === null ? null : value.kind === 'call' ? source.nameOf(value.func) : source.nameOf(value);
  const known = name === null ? null : source.classNamed(name);
  if (known !== null) {
    const given = value?.kind === 'call' ? value.args.find((arg) => arg.name === attr)?.value : undefined;
    return given ?? onlyValue(known, attr);
  }
  const holders = fieldHolders(source).get(attr) ?? [];
  const [only] = holders;
  return holders.length === 1 && only !== undefined ? onlyValue(only, attr) : null;
}

/** The classes of a file by the names their bodies bind. */
const holdersByField = new WeakMap<PythonSource, ReadonlyMap<string, readonly Scope[]>>();

function fieldHolders(source: PythonSource): ReadonlyMap<string, readonly Scope[]> {
  const known = holdersByField.get(source);
  if (known !== undefined) {
    return known;
  }
  const byField = new Map<string, Scope[]>();
  for (const scope of source.scopes) {
    for (const field of scope.kind === 'class' ? scope.bindings.keys() : []) {
      addTo(byField, field, scope);
    }
  }
  holdersByField.set(source, byField);
  return byField;
}

function onlyValue(owner: Scope, attr: string): Expr | null {
  const bindings = owner.bindings.get(attr) ?? owner.attributes.get(attr) ?? [];
  const [only] = bindings;
  return bindings.length === 1 && only?.kind === 'assign' ? only.value : null;
}

/** `args.lr`: the default of `parser.add_argument("--lr", default=...)`. */
export function optionDefault(source: PythonSource, attr: string): Expr | null {
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

/**
 * What the calls in a file hand to a function as a parameter, one value a call; null where some of it cannot be seen:
 * a call with stars, one that leaves it to the default, a function that nobody calls here.
 */
export function argumentsFor(source: PythonSource, scope: Scope, param: string): readonly Expr[] | null {
  const owner = functionWith(scope, param);
  if (owner?.node?.kind !== 'function') {
    return null;
  }
  const index = owner.node.params.findIndex((one) => one.name === param);
  const isMethod = owner.parent?.kind === 'class';
  const target = isMethod && owner.node.name === '__init__' ? owner.parent : owner;
  const calls = target === null ? [] : source.callsOf(target);
  const given = calls.map(({ call }) => argumentOf(call, param, isMethod ? index - 1 : index));
  const seen = given.filter((value) => value !== null);
  return seen.length > 0 && seen.length === given.length ? seen : null;
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
