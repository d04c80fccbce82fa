import { definition, optionDefault } from '../definitions';
import { numberPlace } from '../literals';
import { basesOf } from '../program';
import type { Scope } from '../scopes';
import type { Expr, Stmt } from '../syntax/ast';
import type { Interpreter } from './interpret';
import { type Env, literal, UNKNOWN, type Value } from './value';

/** Base classes a constant is looked for in. */
const MAX_BASES = 12;

/** What a name stands for: a variable, the object under construction, a constant, a class or function. */
export function nameValue(interpreter: Interpreter, expr: Expr & { kind: 'name' }, env: Env): Value {
  for (let at: Env | null = env; at !== null; at = at.parent) {
    const value = at.vars.get(expr.id);
    if (value !== undefined) {
      return value;
    }
  }
  if (env.self !== null && env.source.isSelf(expr)) {
    return env.self;
  }
  const bindings = env.source.bindings(expr);
  const [first] = bindings;
  if (bindings.length === 1 && first?.kind === 'assign' && first.value !== null && first.stmt !== null) {
    const isModuleLevel = env.source.functionAt(first.stmt.start) === null;
    return isModuleLevel
      ? interpreter.evaluate(first.value, interpreter.newEnv(env.source, null, null, null), first.stmt)
      : UNKNOWN;
  }
  return callableNamed(interpreter, expr, env);
}

/** A class, function or framework name. */
function callableNamed(interpreter: Interpreter, expr: Expr, env: Env): Value {
  const name = env.source.nameOf(expr);
  if (name === null) {
    return UNKNOWN;
  }
  const scope = expr.kind === 'name' ? definedAs(expr, env) : null;
  return scope === null
    ? imported(interpreter, name, env)
    : { kind: 'callable', name, scope, lambda: null, bound: [] };
}

/** What a name of another file stands for: a class, a function, a constant; a library's name otherwise. */
function imported(interpreter: Interpreter, name: string, env: Env): Value {
  const found = interpreter.program?.definition(name, env.source) ?? null;
  const stmt = found?.value === null ? null : (found?.source.body[0] ?? null);
  if (found?.value != null && stmt !== null) {
    return interpreter.evaluate(found.value, interpreter.newEnv(found.source, null, null, null), stmt);
  }
  const scope = found?.scope ?? null;
  return { kind: 'callable', name: scope?.node?.name ?? name, scope, lambda: null, bound: [] };
}

function definedAs(expr: Expr, env: Env): Scope | null {
  const stmt = env.source.bindings(expr).at(-1)?.stmt;
  return stmt?.kind === 'class' || stmt?.kind === 'function' ? env.source.scopeOf(stmt) : null;
}

/** What an attribute holds: a field, a class constant, a library's name. */
export function attributeValue(
  interpreter: Interpreter,
  expr: Expr & { kind: 'attribute' },
  env: Env,
  stmt: Stmt,
): Value {
  const name = env.source.nameOf(expr);
  if (name !== null && expr.object.kind === 'name' && !isVariable(expr.object.id, env)) {
    const found = numberPlace(env.source, expr);
    const held =
      found === null && env.source.classNamed(expr.object.id) !== null
        ? interpreter.evaluate(expr.object, env, stmt)
        : null;
    const constant =
      held?.kind === 'callable' && held.scope !== null
        ? classConstant(interpreter, held.scope, expr.attr)
        : null;
    return found === null ? (constant ?? imported(interpreter, name, env)) : literal(found.value);
  }
  const object = interpreter.evaluate(expr.object, env, stmt);
  if (object.kind === 'module' || object.kind === 'record') {
    const field = object.fields.get(expr.attr);
    if (field !== undefined) {
      return field;
    }
  }
  const constant =
    'scope' in object && object.scope !== null ? classConstant(interpreter, object.scope, expr.attr) : null;
  if (constant !== null) {
    return constant;
  }
  return name !== null && object.kind === 'callable'
    ? { kind: 'callable', name, scope: null, lambda: null, bound: [] }
    : staticValue(expr, env);
}

/** `expansion = 4` in the body of a class or of one it extends. */
function classConstant(interpreter: Interpreter, owner: Scope, attr: string, depth = 0): Value | null {
  const bindings = owner.kind === 'class' ? (owner.bindings.get(attr) ?? []) : [];
  const [only] = bindings;
  if (only !== undefined) {
    const { stmt, value, kind } = only;
    return bindings.length === 1 && kind === 'assign' && value !== null && stmt !== null
      ? interpreter.evaluate(value, interpreter.newEnv(owner.source, null, null, null), stmt)
      : null;
  }
  for (const base of depth > MAX_BASES ? [] : basesOf(owner, interpreter.program)) {
    const found = classConstant(interpreter, base, attr, depth + 1);
    if (found !== null) {
      return found;
    }
  }
  return null;
}

function isVariable(id: string, env: Env): boolean {
  for (let at: Env | null = env; at !== null; at = at.parent) {
    if (at.vars.has(id)) {
      return true;
    }
  }
  return false;
}

/** What the text alone says about a number or a choice: constants, options, configuration fields. */
export function staticValue(expr: Expr, env: Env): Value {
  const found = numberPlace(env.source, expr);
  if (found !== null) {
    return literal(found.value);
  }
  const option = expr.kind === 'attribute' ? optionDefault(env.source, expr.attr) : null;
  const value = option ?? definition(env.source, expr);
  return value?.kind === 'string' && value.value !== null ? literal(value.value) : UNKNOWN;
}
