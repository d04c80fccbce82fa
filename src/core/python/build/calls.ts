import { baseClass, methodOf } from '../program';
import type { Scope } from '../scopes';
import type { CallExpr, Stmt } from '../syntax/ast';
import { addNamed, type Call, type EvaluatedArgument, moduleOf } from './call';
import { isModuleClass } from './classes';
import type { Interpreter } from './interpret';
import { library } from './library';
import { dictMethod, listMethod, moduleMethod, stringMethod } from './methods';
import { bindKnownParameters, bindParameters } from './parameters';
import {
  appendAll,
  appendItem,
  type BoundArgument,
  type CallableValue,
  type Env,
  isFixed,
  listOf,
  type ModuleValue,
  type ObjectValue,
  type RecordValue,
  UNKNOWN,
  type Value,
} from './value';

/** What a call returns, and what it does to the modules and lists it touches. */
export function callValue(run: Interpreter, expr: CallExpr, env: Env, stmt: Stmt): Value {
  const superCall = superInit(run, expr, env, stmt);
  if (superCall !== null) {
    return superCall;
  }
  const call: Call = { expr, env, stmt, args: evaluateArguments(run, expr, env, stmt) };
  const method = methodCall(run, call);
  if (method !== null) {
    return method;
  }
  const callee = run.evaluate(expr.func, env, stmt);
  return callee.kind === 'callable' ? invoke(run, callee, call) : UNKNOWN;
}

function evaluateArguments(run: Interpreter, expr: CallExpr, env: Env, stmt: Stmt): EvaluatedArgument[] {
  const out: EvaluatedArgument[] = [];
  for (const arg of expr.args) {
    const value = run.evaluate(arg.value, env, stmt);
    if (arg.star === 1) {
      const list = listOf([]);
      run.spread(list, value, arg.value, env, stmt);
      const certain = list.certain >= list.items.length;
      for (const item of certain ? list.items : []) {
        out.push({ name: null, value: item.value, node: arg.value });
      }
      if (!certain) {
        out.push({ name: '*', value: list, node: arg.value });
      }
    } else if (arg.star === 2) {
      for (const [name, item] of value.kind === 'dict' ? value.entries : []) {
        out.push({ name, value: item.value, node: arg.value });
      }
    } else {
      out.push({ name: arg.name, value, node: arg.value });
    }
  }
  return out;
}

/** `super().__init__(...)` and `Base.__init__(self, ...)`. */
function superInit(run: Interpreter, expr: CallExpr, env: Env, stmt: Stmt): Value | null {
  const { func } = expr;
  const { self, owner } = env;
  if (
    func.kind !== 'attribute' ||
    func.attr !== '__init__' ||
    self === null ||
    owner?.node?.kind !== 'class'
  ) {
    return null;
  }
  constructBases(run, owner, self, { expr, env, stmt, args: evaluateArguments(run, expr, env, stmt) });
  return UNKNOWN;
}

/** Runs the constructor of the first base that does something: a class that can be read, or a container of torch. */
function constructBases(run: Interpreter, owner: Scope, self: ObjectValue, call: Call): void {
  if (owner.node?.kind !== 'class') {
    return;
  }
  for (const base of owner.node.bases) {
    const scope = base.name === null ? baseClass(base.value, owner.source, run.program) : null;
    if (scope !== null && scope !== owner) {
      construct(run, scope, self, call.args, call);
      return;
    }
    const name = owner.source.nameOf(base.value);
    if (self.kind === 'module' && name !== null && CONTAINERS.has(name)) {
      fillContainer(run, self, call);
      return;
    }
  }
}

const CONTAINERS = new Set(['torch.nn.Sequential', 'torch.nn.ModuleList', 'torch.nn.ModuleDict']);

function fillContainer(run: Interpreter, self: ModuleValue, call: Call): void {
  const list = listOf([]);
  for (const { name, value, node } of call.args) {
    if (name === '*' && value.kind === 'list') {
      appendAll(list, value, true);
    } else if (name === null) {
      const { stmt, env } = call;
      appendItem(list, { value, node, stmt, source: env.source, looped: false }, false);
    }
  }
  const [only] = list.items;
  if (list.items.length === 1 && only?.value.kind === 'list') {
    run.addChildren(self, only.value, call.env);
  } else if (list.items.length === 1 && only?.value.kind === 'dict') {
    addNamed(run, self, only.value.entries, call);
  } else {
    run.addChildren(self, list, call.env);
  }
}

/**
 * Runs the constructor of a class on an object under construction.
 * @param args null: what all calls in its file agree on
 * @param call the call that constructs, for a class that leaves the work to its base
 */
export function construct(
  run: Interpreter,
  scope: Scope,
  self: ObjectValue,
  args: readonly BoundArgument[] | null,
  call: Call | null = null,
): void {
  const init = constructorOf(run, scope);
  if (init === null) {
    if (call !== null && self.kind === 'module') {
      constructBases(run, scope, self, call);
    } else if (call !== null && self.kind === 'record') {
      setFields(run, scope, self, call);
    }
    return;
  }
  const env = run.newEnv(init.source, null, self, init.parent ?? scope);
  if (args === null) {
    bindKnownParameters(run, init, env, 1);
  } else {
    bindParameters(run, init, args, env, 1);
  }
  run.callScope(init, env);
}

function methodCall(run: Interpreter, call: Call): Value | null {
  const { func } = call.expr;
  if (func.kind !== 'attribute') {
    return null;
  }
  const { env, stmt } = call;
  const isSelf = env.self !== null && env.source.isSelf(func.object);
  if (isSelf && env.self !== null) {
    const method = env.owner === null ? null : methodOf(env.self.scope ?? env.owner, func.attr, run.program);
    if (method !== null) {
      const inner = run.newEnv(method.source, null, env.self, method.parent);
      inner.uncertain = env.uncertain;
      bindParameters(run, method, call.args, inner, isDecorated(method, 'staticmethod') ? 0 : 1);
      return throughCall(run.callScope(method, inner), call);
    }
  }
  const object = isSelf && env.self !== null ? env.self : run.evaluate(func.object, env, stmt);
  switch (object.kind) {
    case 'list':
      return listMethod(object, func.attr, call);
    case 'dict':
      return dictMethod(object, func.attr, call);
    case 'module':
      // An attribute may hold a class or a function: `self.norm_layer(64)`.
      return object.fields.get(func.attr)?.kind === 'callable'
        ? null
        : moduleMethod(run, object, func.attr, call);
    case 'record':
      return recordMethod(run, object, func.attr, call);
    case 'literal':
      return typeof object.value === 'string' ? stringMethod(object.value, func.attr, call) : null;
    default:
      return null;
  }
}

function invoke(run: Interpreter, callee: CallableValue, call: Call): Value {
  const isWhole = callee.bound.length === 0;
  const args = isWhole
    ? call.args
    : [...callee.bound.map((arg): EvaluatedArgument => ({ ...arg, node: call.expr })), ...call.args];
  const full: Call = isWhole ? call : { ...call, args };
  if (callee.lambda !== null) {
    const { env: outer } = callee.lambda;
    const env = run.newEnv(outer.source, outer, outer.self, outer.owner);
    callee.lambda.node.params.forEach((param, index) => {
      const given = args.find((arg) => arg.name === param.name) ?? args[index];
      env.vars.set(param.name, given?.value ?? UNKNOWN);
    });
    return run.evaluate(callee.lambda.node.body, env, call.stmt);
  }
  if (callee.scope?.kind === 'class') {
    return instance(run, callee.scope, full);
  }
  if (callee.scope?.kind === 'function') {
    // Outside constructors only functions that build something are worth running.
    if (run.program === null && call.env.self === null && !callee.scope.source.buildsModules(callee.scope)) {
      return handedBack(callee.scope, args);
    }
    const env = run.newEnv(callee.scope.source, null, null, null);
    bindParameters(run, callee.scope, args, env, 0);
    return throughCall(run.callScope(callee.scope, env), call);
  }
  return callee.name === null ? UNKNOWN : library(run, callee.name, full);
}

function constructorOf(run: Interpreter, scope: Scope): Scope | null {
  return methodOf(scope, '__init__', run.program) ?? methodOf(scope, 'setup', run.program);
}

/** `reset(nn.Linear(4, 8), 0.1)` is that layer, where the function ends with `return layer`. */
function handedBack(scope: Scope, args: readonly EvaluatedArgument[]): Value {
  const last = scope.body.at(-1);
  const { node } = scope;
  if (last?.kind !== 'return' || last.value?.kind !== 'name' || node?.kind !== 'function') {
    return UNKNOWN;
  }
  const { id } = last.value;
  const index = node.params.findIndex(({ name }) => name === id);
  const given = args.find(({ name }) => name === id) ?? args[index];
  const isPlain = given !== undefined && (given.name === null || given.name === id);
  return index !== -1 && isPlain && given.value.kind === 'module' ? given.value : UNKNOWN;
}

/** An object of a class that can be read. */
function instance(run: Interpreter, scope: Scope, call: Call): Value {
  if (isModuleClass(scope, run.program)) {
    const value = moduleOf(scope.node?.name ?? '', call, true, scope);
    const build = (): void => construct(run, scope, value, call.args, call);
    if (constructorOf(run, scope) !== null && call.args.every((arg) => isFixed(arg.value))) {
      value.buildWhenAsked({ scope, args: call.args, ...run.later(build) });
    } else {
      build();
    }
    return value;
  }
  const record: RecordValue = { kind: 'record', scope, fields: new Map() };
  construct(run, scope, record, call.args, call);
  return record;
}

/** A dataclass or named tuple: its annotated names in order, by position or keyword, else their defaults. */
function setFields(run: Interpreter, scope: Scope, record: RecordValue, call: Call): void {
  const given = call.args.filter((arg) => arg.name === null);
  let at = 0;
  for (const stmt of scope.body) {
    const [target] = stmt.kind === 'assign' ? stmt.targets : [];
    if (stmt.kind === 'assign' && target?.kind === 'name') {
      const fallback =
        stmt.value === null
          ? UNKNOWN
          : run.evaluate(stmt.value, run.newEnv(scope.source, null, null, null), stmt);
      const named = call.args.find((arg) => arg.name === target.id);
      record.fields.set(target.id, named?.value ?? given[at++]?.value ?? fallback);
    }
  }
}

/** Null where the class has no such method: the attribute may hold a function. */
function recordMethod(run: Interpreter, record: RecordValue, name: string, call: Call): Value | null {
  const method = methodOf(record.scope, name, run.program);
  if (method === null) {
    return null;
  }
  const env = run.newEnv(method.source, null, record, method.parent);
  bindParameters(run, method, [...call.args], env, isDecorated(method, 'staticmethod') ? 0 : 1);
  return run.callScope(method, env);
}

function isDecorated(method: Scope, word: string): boolean {
  return (
    method.node?.kind === 'function' &&
    method.node.decorators.some((one) => one.kind === 'name' && one.id === word)
  );
}

/** Remembers that a helper's call stands between its inner constructor and the model. */
function throughCall(value: Value, call: Call): Value {
  const step = { node: call.expr, source: call.env.source };
  if (value.kind === 'module') {
    value.through = [...value.through, step];
  } else if (value.kind === 'list') {
    for (const item of value.items) {
      if (item.value.kind === 'module') {
        item.value.through = [...item.value.through, step];
      }
    }
  }
  return value;
}
