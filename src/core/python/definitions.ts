import { addTo } from './multimap';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { CallExpr, Expr, FunctionStmt } from './syntax/ast';

/** Settings are handed on this far: `Trainer(cfg)`, `self.cfg = cfg`, `cfg["optim"]` are three. */
const MAX_HANDED_ON = 5;

/** What a name, attribute or entry that holds settings stands for: followed through assignments and parameters. */
function settingsBehind(source: PythonSource, expr: Expr, depth = 0): Expr | null {
  if (depth > MAX_HANDED_ON) {
    return null;
  }
  if (expr.kind === 'subscript') {
    const [key] = expr.indices;
    return key?.kind === 'string' && key.value !== null
      ? entryOf(source, expr.object, key.value, depth + 1)
      : null;
  }
  if (expr.kind === 'attribute' && !source.isSelf(expr.object)) {
    const field = fieldOf(source, expr.object, expr.attr, depth + 1);
    return field === null ? expr : settingsBehind(source, field, depth + 1);
  }
  const [only, another] = source.bindings(expr);
  if (only === undefined) {
    return expr;
  }
  if (another !== undefined) {
    return null;
  }
  if (only.kind === 'parameter' && expr.kind === 'name') {
    const given = argumentFor(source, source.scopeAt(expr.start), expr.id);
    return given === null ? null : settingsBehind(source, given, depth + 1);
  }
  return only.kind === 'assign' && only.value !== null ? settingsBehind(source, only.value, depth + 1) : null;
}

/** `CONFIG["lr"]`: the entry of the one dict that name is bound to, or of the options that `vars(args)` holds. */
export function entryOf(source: PythonSource, object: Expr, key: string, depth = 0): Expr | null {
  const value = settingsBehind(source, object, depth);
  if (value?.kind === 'dict') {
    const hits = value.entries.filter((entry) => entry.key?.kind === 'string' && entry.key.value === key);
    return hits.length === 1 ? (hits[0]?.value ?? null) : null;
  }
  if (value?.kind === 'call' && value.func.kind === 'name' && value.func.id === 'dict') {
    return value.args.find((arg) => arg.name === key)?.value ?? null;
  }
  const isOptions = value?.kind === 'call' && value.func.kind === 'name' && value.func.id === 'vars';
  return isOptions ? optionDefault(source, key) : null;
}

/**
 * `config.lr`: a field of the class that `config` is an instance of; where that cannot be seen (a parameter), of the
 * only class in the file with a field of that name that is no model.
 */
export function fieldOf(source: PythonSource, object: Expr, attr: string, depth = 0): Expr | null {
  const value = settingsBehind(source, object, depth);
  const held = value?.kind === 'call' ? namespaceEntry(source, value, attr, depth) : null;
  if (held !== null) {
    return held;
  }
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

/** `SimpleNamespace(lr=0.1)`, `Namespace(**CONFIG)`, `AttrDict({"lr": 0.1})`: the value behind an attribute. */
function namespaceEntry(source: PythonSource, call: CallExpr, attr: string, depth: number): Expr | null {
  const word = source.nameOf(call.func) ?? '';
  if (
    !/(?:^|\.)(?:SimpleNamespace|Namespace|AttrDict|EasyDict|edict|DotDict|Munch|create|ConfigDict)$/.test(
      word,
    )
  ) {
    return null;
  }
  const given = call.args.find((arg) => arg.name === attr)?.value;
  const [first] = call.args;
  return (
    given ??
    (first === undefined || first.name !== null ? null : entryOf(source, first.value, attr, depth + 1))
  );
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
  const options = optionsOf(source);
  const hits = options.size === 0 ? undefined : options.get(`--${attr.replace(/_/g, '-')}`);
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
  const made = target === null ? [] : source.callsOf(target);
  const calls = made.length > 0 || isMethod ? made : partialsOf(source, owner.node);
  const position = isMethod ? index - 1 : index;
  const given = calls.map(({ call }) => argumentOf(call, param, position));
  const [first] = given;
  if (given.length === 0 || given.every((value) => value === null)) {
    return calls.some(({ call }) => call.args.some((arg) => arg.star !== 0)) ? null : fallback;
  }
  return given.length === 1 && first != null ? first : null;
}

/** `partial(sgd, lr)` as the call `sgd(lr)` that it begins. */
function partialsOf(source: PythonSource, node: FunctionStmt): readonly { readonly call: CallExpr }[] {
  return source.callsNamed('partial').flatMap(({ call }) => {
    const [first, ...args] = call.args;
    const func = first?.value;
    return func?.kind === 'name' && source.bindings(func).some(({ stmt }) => stmt === node)
      ? [{ call: { ...call, func, args } }]
      : [];
  });
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
