import { argumentsFor } from './definitions';
import type { PythonFacts } from './facts';
import { addTo } from './multimap';
import type { Binding, Scope } from './scopes';
import type { CallExpr, Expr } from './syntax/ast';
import { expressionsIn, returnedIn } from './syntax/walk';

/** Names, lists and helpers are followed this far from an object to where it is built. */
const MAX_HOPS = 8;

/** The one class of this file that an expression is an object of, an entry of a list of such objects included; null when unclear. */
export function calleeClass(facts: PythonFacts, expr: Expr, hops = 0): Scope | null {
  const { source } = facts;
  source.work.spend(1);
  if (hops > MAX_HOPS) {
    return null;
  }
  if (expr.kind === 'name' || expr.kind === 'attribute') {
    const bindings = source.bindings(expr);
    const classes = bindings.map((binding) => ofBinding(facts, expr, binding, hops + 1));
    return onlyOne(classes);
  }
  if (expr.kind === 'subscript') {
    return calleeClass(facts, expr.object, hops + 1);
  }
  const built = expressionsIn(expr).flatMap((one) => {
    const name = one.kind === 'call' ? facts.nameOf(one.func) : null;
    return name === null ? [] : (source.classNamed(name) ?? []);
  });
  if (built.length > 0) {
    return onlyOne(built);
  }
  const helper = expr.kind === 'call' ? source.helperOf(expr) : null;
  if (helper?.node?.kind === 'function') {
    return onlyOne(returnedIn(helper.node.body).map((value) => calleeClass(facts, value, hops + 1)));
  }
  // `net.to(device)`, `enumerate(self.layers)`
  if (expr.kind === 'call' && expr.func.kind === 'attribute' && facts.nameOf(expr.func) === null) {
    return calleeClass(facts, expr.func.object, hops + 1);
  }
  return null;
}

function ofBinding(
  facts: PythonFacts,
  expr: Expr,
  { kind, value, path }: Binding,
  hops: number,
): Scope | null {
  if (kind === 'parameter' && expr.kind === 'name') {
    const scope = facts.source.scopeAt(expr.start);
    return onlyOne(
      (argumentsFor(facts.source, scope, expr.id) ?? []).map((one) => calleeClass(facts, one, hops)),
    );
  }
  if (value === null) {
    return null;
  }
  if (kind === 'loop') {
    const word = value.kind === 'call' ? facts.nameOf(value.func) : null;
    const args = value.kind === 'call' ? value.args.map((arg) => arg.value) : [];
    const over =
      word === 'enumerate'
        ? path[0] === 1
          ? args[0]
          : undefined
        : word === 'zip'
          ? args[path[0] ?? -1]
          : value;
    return over === undefined ? null : calleeClass(facts, over, hops);
  }
  return kind === 'assign' ? calleeClass(facts, value, hops) : null;
}

function onlyOne(classes: readonly (Scope | null)[]): Scope | null {
  const [first] = classes;
  return first !== undefined && classes.every((one) => one === first) ? first : null;
}

const callsOfFile = new WeakMap<PythonFacts, ReadonlyMap<Scope, readonly CallExpr[]>>();

/** The calls that run a module of a class of this file: `conv(adj, h)`, `self.convs[i](adj, h)`, `net.forward(x)`. */
export function instanceCalls(facts: PythonFacts, owner: Scope): readonly CallExpr[] {
  const known = callsOfFile.get(facts) ?? callsByClass(facts);
  callsOfFile.set(facts, known);
  return known.get(owner) ?? [];
}

function callsByClass(facts: PythonFacts): ReadonlyMap<Scope, readonly CallExpr[]> {
  const found = new Map<Scope, CallExpr[]>();
  for (const { call } of facts.calls) {
    const { func } = call;
    const object = func.kind === 'attribute' && func.attr === 'forward' ? func.object : func;
    // A constructor's name is no object, and a function of a library none of this file's classes.
    const isVariable = object.kind !== 'attribute' || facts.source.isSelf(object.object);
    const owner = object.kind !== 'call' && isVariable ? calleeClass(facts, object) : null;
    if (owner !== null) {
      addTo(found, owner, call);
    }
  }
  return found;
}
