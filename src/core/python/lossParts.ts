import type { PythonFacts } from './facts';
import { reachingBindings } from './reaching';
import type { Binding, Scope } from './scopes';
import type { CallExpr, Expr } from './syntax/ast';

/** Names, calls and returns followed from `backward()` to what works out the loss. */
const MAX_HOPS = 12;

/**
 * What a loss is, behind names, methods, functions and loss classes of the file: the expression that gives its number.
 * Sums of two losses are no one expression, and are left alone.
 */
export function partsOfLoss(facts: PythonFacts, loss: Expr): readonly Expr[] {
  const found = new Set<Expr>();
  const seen = new Set<Expr>();
  const follow = (expr: Expr, path: readonly number[], hops: number): void => {
    if (seen.has(expr) || hops > MAX_HOPS) {
      return;
    }
    seen.add(expr);
    facts.source.work.spend(1);
    if (expr.kind === 'unary') {
      follow(expr.operand, path, hops + 1);
    } else if (expr.kind === 'name') {
      for (const binding of reachingBindings(facts.source, facts.source.bindings(expr), expr)) {
        followBinding(binding, path, hops);
      }
    } else if (expr.kind === 'tuple') {
      const [at = 0, ...rest] = path;
      const item = expr.items[at];
      if (path.length > 0 && item !== undefined) {
        follow(item, rest, hops + 1);
      }
    } else if (expr.kind === 'call') {
      const scope = functionBehind(facts, expr);
      if (scope === null) {
        if (path.length === 0) {
          found.add(expr);
        }
        return;
      }
      for (const stmt of scope.statements) {
        if (stmt.kind === 'return' && stmt.value !== null) {
          follow(stmt.value, path, hops + 1);
        }
      }
    }
  };
  const followBinding = (
    { kind, value, path: inTarget }: Binding,
    path: readonly number[],
    hops: number,
  ): void => {
    if (value !== null && kind === 'assign') {
      follow(value, path, hops + 1);
    } else if (value !== null && kind === 'unpack') {
      follow(value, [...inTarget, ...path], hops + 1);
    }
  };
  follow(loss, [], 0);
  return [...found];
}

/** The function of the file that a call runs: by its name, a method, or the forward of what `loss = MyLoss()` holds. */
export function functionBehind(facts: PythonFacts, call: CallExpr): Scope | null {
  const { source } = facts;
  const helper = source.helperOf(call);
  if (helper !== null) {
    return helper;
  }
  const { func } = call;
  const object = classOf(facts, func);
  if (object !== null) {
    return source.methodOf(object, 'forward') ?? source.methodOf(object, '__call__');
  }
  const owner = func.kind === 'attribute' ? classOf(facts, func.object) : null;
  return owner === null || func.kind !== 'attribute' ? null : source.methodOf(owner, func.attr);
}

/** The class of the file that an expression is an object of, by the one value it is given. */
export function classOf(facts: PythonFacts, expr: Expr): Scope | null {
  let value = expr.kind === 'call' ? expr : facts.valueOf(expr);
  while (
    value?.kind === 'call' &&
    value.func.kind === 'attribute' &&
    /^(?:to|cuda|cpu)$/.test(value.func.attr)
  ) {
    value = value.func.object.kind === 'call' ? value.func.object : facts.valueOf(value.func.object);
  }
  const name = value?.kind === 'call' ? facts.nameOf(value.func) : null;
  return name === null ? null : facts.source.classNamed(name);
}
