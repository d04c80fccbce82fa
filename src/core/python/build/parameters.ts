import { argumentFor } from '../definitions';
import type { Scope } from '../scopes';
import type { Interpreter } from './interpret';
import { type BoundArgument, type Env, type ListItem, listOf, UNKNOWN, type Value } from './value';

/** Binds a function's parameters to the values of a call. */
export function bindParameters(
  run: Interpreter,
  scope: Scope,
  call: readonly BoundArgument[],
  env: Env,
  skip: number,
): void {
  if (scope.node?.kind !== 'function') {
    return;
  }
  const named = new Map<string, Value>();
  for (const { name, value } of call) {
    if (name !== null) {
      named.set(name, value);
    }
  }
  const positional = call.filter((arg) => arg.name === null).map((arg) => arg.value);
  let at = 0;
  const dummy = scope.node;
  for (const param of scope.node.params.slice(skip)) {
    if (param.star === 1) {
      const others = positional.slice(at).map((value): ListItem => {
        const call = value.kind === 'module' ? value.call : null;
        return value.kind === 'module' && call !== null
          ? { value, node: call, stmt: value.stmt, source: value.source, looped: false }
          : { value, node: dummy, stmt: dummy, source: scope.source, looped: false };
      });
      env.vars.set(param.name, listOf(others));
      at = positional.length;
      continue;
    }
    if (param.star === 2) {
      env.vars.set(param.name, { kind: 'dict', entries: rest(scope, call) });
      continue;
    }
    const given = named.get(param.name) ?? positional[at];
    if (!named.has(param.name)) {
      at++;
    }
    const fallback = (): Value =>
      param.default === null
        ? UNKNOWN
        : run.evaluate(param.default, run.newEnv(scope.source, null, null, null), dummy);
    env.vars.set(param.name, given ?? fallback());
  }
}

/** Binds a function's parameters to what all calls in the file agree on. */
export function bindKnownParameters(run: Interpreter, scope: Scope, env: Env, skip: number): void {
  if (scope.node?.kind !== 'function') {
    return;
  }
  for (const param of scope.node.params.slice(skip)) {
    const given = argumentFor(scope.source, scope, param.name);
    const fresh = run.newEnv(scope.source, null, null, null);
    env.vars.set(param.name, given === null ? UNKNOWN : run.evaluate(given, fresh, scope.node));
  }
}

/** Keyword arguments that no parameter takes: what `**kwargs` gets. */
function rest(scope: Scope, call: readonly BoundArgument[]): Map<string, ListItem> {
  const { node, source } = scope;
  const entries = new Map<string, ListItem>();
  if (node?.kind === 'function') {
    const taken = new Set(node.params.filter((param) => param.star === 0).map((param) => param.name));
    for (const { name, value } of call) {
      if (name !== null && name !== '*' && !taken.has(name)) {
        entries.set(name, { value, node, stmt: node, source, looped: false });
      }
    }
  }
  return entries;
}
