import type { Scope } from '../scopes';
import type { CallExpr, Stmt } from '../syntax/ast';
import { addNamed, type Call, type EvaluatedArgument, moduleOf, positionalList } from './call';
import { isModuleClass } from './classes';
import type { Interpreter } from './interpret';
import { library } from './library';
import { dictMethod, listMethod, moduleMethod } from './methods';
import { bindKnownParameters, bindParameters } from './parameters';
import {
  type BoundArgument,
  type CallableValue,
  type Env,
  listOf,
  type ModuleValue,
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
  const args = evaluateArguments(run, expr, env, stmt);
  for (const base of owner.node.bases) {
    const scope = base.value.kind === 'name' ? run.source.classNamed(base.value.id) : null;
    if (scope !== null && scope !== owner) {
      construct(run, scope, self, args);
      return UNKNOWN;
    }
    const name = run.source.nameOf(base.value);
    if (name === 'torch.nn.Sequential' || name === 'torch.nn.ModuleList') {
      const list = positionalList(run, { expr, env, stmt, args });
      const [only] = list.items;
      if (list.items.length === 1 && only?.value.kind === 'list') {
        run.addChildren(self, only.value, env);
      } else if (list.items.length === 1 && only?.value.kind === 'dict') {
        addNamed(run, self, only.value.entries, { expr, env, stmt, args });
      } else {
        run.addChildren(self, list, env);
      }
      return UNKNOWN;
    }
  }
  return UNKNOWN;
}

/** Runs the constructor of a class of the file on an object under construction. */
export function construct(
  run: Interpreter,
  scope: Scope,
  self: ModuleValue,
  args: readonly BoundArgument[] | null,
): void {
  const init = run.source.methodOf(scope, '__init__') ?? run.source.methodOf(scope, 'setup');
  const owner = init?.parent ?? scope;
  if (init === null) {
    return;
  }
  const env = run.newEnv(null, self, owner);
  if (args === null) {
    bindKnownParameters(run, init, env, 1);
  } else {
    bindParameters(run, init, [...args], env, 1);
  }
  run.callScope(init, env);
}

function methodCall(run: Interpreter, call: Call): Value | null {
  const { func } = call.expr;
  if (func.kind !== 'attribute') {
    return null;
  }
  const { env, stmt } = call;
  const isSelf = env.self !== null && run.source.isSelf(func.object);
  if (isSelf && env.self !== null) {
    const method = env.owner === null ? null : run.source.methodOf(env.owner, func.attr);
    if (method !== null) {
      const inner = run.newEnv(null, env.self, method.parent);
      inner.uncertain = env.uncertain;
      const isStatic =
        method.node?.kind === 'function' &&
        method.node.decorators.some((one) => one.kind === 'name' && one.id === 'staticmethod');
      bindParameters(run, method, [...call.args], inner, isStatic ? 0 : 1);
      return throughCall(run.callScope(method, inner), call.expr);
    }
  }
  const object = isSelf && env.self !== null ? env.self : run.evaluate(func.object, env, stmt);
  switch (object.kind) {
    case 'list':
      return listMethod(object, func.attr, call);
    case 'dict':
      return dictMethod(object, func.attr, call);
    case 'module':
      return moduleMethod(run, object, func.attr, call);
    default:
      return null;
  }
}

function invoke(run: Interpreter, callee: CallableValue, call: Call): Value {
  const args: readonly EvaluatedArgument[] = [
    ...callee.bound.map((arg) => ({ ...arg, node: call.expr })),
    ...call.args,
  ];
  const full: Call = { ...call, args };
  if (callee.lambda !== null) {
    const env = run.newEnv(callee.lambda.env, callee.lambda.env.self, callee.lambda.env.owner);
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
    if (call.env.self === null && !run.source.buildsModules(callee.scope)) {
      return UNKNOWN;
    }
    const env = run.newEnv(null, null, null);
    bindParameters(run, callee.scope, [...args], env, 0);
    return throughCall(run.callScope(callee.scope, env), call.expr);
  }
  return callee.name === null ? UNKNOWN : library(run, callee.name, full);
}

/** An object of a class of the file. */
function instance(run: Interpreter, scope: Scope, call: Call): Value {
  if (!isModuleClass(run.source, scope)) {
    return UNKNOWN;
  }
  const value = moduleOf(scope.node?.name ?? '', call);
  construct(run, scope, value, call.args);
  return value;
}

/** Remembers that a helper's call stands between its inner constructor and the model. */
function throughCall(value: Value, expr: CallExpr): Value {
  if (value.kind === 'module') {
    value.through = [...value.through, expr];
  } else if (value.kind === 'list') {
    for (const item of value.items) {
      if (item.value.kind === 'module') {
        item.value.through = [...item.value.through, expr];
      }
    }
  }
  return value;
}
