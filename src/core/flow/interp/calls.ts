import type { Argument, CallExpr, Expr, Parameter as ParameterSyntax, Stmt } from '../../python/syntax/ast';
import { firstParameter, ownerOf, yieldsSomewhere } from './members';
import type { Reader } from './reader';
import { iterate } from './sequences';
import {
  type Args,
  type FunctionValue,
  isKind,
  list,
  Scope,
  tuple,
  Unreadable,
  unknown,
  type Value,
} from './values';

export function evaluateCall(reader: Reader, expr: CallExpr, scope: Scope): Value {
  if (expr.func.kind === 'name' && expr.func.id === 'super') return superValue(reader, expr, scope);
  const func = reader.evaluate(expr.func, scope);
  const given = readArguments(reader, expr.args, scope);
  const outer = reader.offset;
  reader.offset = reader.offsetOf(expr);
  try {
    return reader.call(func, given);
  } finally {
    reader.offset = outer;
  }
}

export function superValue(reader: Reader, expr: CallExpr, scope: Scope): Value {
  const self = scope.find('self') ?? firstParameter(scope);
  const owner = ownerOf(scope);
  if (!isKind(self, 'object') || owner === null) throw new Unreadable(`super() at ${reader.excerpt(expr)}`);
  const named = expr.args[0] === undefined ? owner : reader.evaluate(expr.args[0].value, scope);
  return { kind: 'super', self, after: isKind(named, 'class') ? named : owner };
}

export function readArguments(reader: Reader, given: readonly Argument[], scope: Scope): Args {
  const positional: Value[] = [];
  const keywords = new Map<string, Value>();
  for (const arg of given) {
    const value = reader.evaluate(arg.value, scope);
    if (arg.star === 1) positional.push(...iterate(reader, value));
    else if (arg.star === 2) {
      if (isKind(value, 'dict')) for (const [k, v] of value.entries) keywords.set(String(k), v);
    } else if (arg.name !== null) keywords.set(arg.name, value);
    else positional.push(value);
  }
  return { positional, keywords };
}

/** What constructors call the length of the sequences a model is made for. */
const lengthName =
  /^((seq|sequence|input|context|history|lookback|backcast|window|time|num|n)_?(len|length|size|steps|timesteps|tokens|frames)|lookback|context|window|block_size|t_in|in_len|max_?len|max_seq_len|seq_?len|len_seq|T)$/i;

export function runFunction(reader: Reader, func: FunctionValue, given: Args): Value {
  const scope = new Scope(func.scope, func.owner);
  bindParameters(reader, func.params, given, scope, func.scope);
  if (func.name === '__init__')
    for (const [name, value] of scope.vars)
      if (typeof value === 'number' && value > 1 && lengthName.test(name)) reader.lengths.add(value);
  if (!Array.isArray(func.body)) return reader.evaluate(func.body as Expr, scope);
  if ((func.body as readonly Stmt[]).some(yieldsSomewhere)) {
    // Read at once: what is built does not depend on when it is asked for.
    scope.yielded = [];
    reader.run(func.body as readonly Stmt[], scope);
    return list(scope.yielded);
  }
  const signal = reader.run(func.body as readonly Stmt[], scope);
  return typeof signal === 'object' ? signal.returned : null;
}

export function bindParameters(
  reader: Reader,
  params: readonly ParameterSyntax[],
  given: Args,
  scope: Scope,
  outer: Scope,
): void {
  let next = 0;
  const left = new Map(given.keywords);
  let keywordOnly = false;
  for (const param of params) {
    if (param.name === '' || param.name === '*' || param.name === '/') {
      keywordOnly ||= param.star === 1 || param.name === '*';
      continue;
    }
    if (param.star === 1) {
      scope.vars.set(param.name, tuple(given.positional.slice(next)));
      next = given.positional.length;
      keywordOnly = true;
    } else if (param.star === 2) {
      scope.vars.set(param.name, { kind: 'dict', entries: new Map(left) });
    } else {
      let value = left.get(param.name);
      left.delete(param.name);
      if (value === undefined && !keywordOnly && next < given.positional.length)
        value = given.positional[next++];
      if (value === undefined && param.default !== null) value = reader.evaluate(param.default, outer);
      scope.vars.set(param.name, value === undefined ? unknown(`argument ${param.name}`) : value);
    }
  }
}
