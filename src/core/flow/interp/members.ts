import type { Expr, Stmt } from '../../python/syntax/ast';
import { type ClassValue, lineage, type Scope, type Value } from './values';

/** What a starred item spreads. The grammar binds the star tighter than Python does: `*x.shape` comes as `(*x).shape`. */
export function spreadOf(expr: Expr): Expr | null {
  if (expr.kind === 'starred') return expr.parts[0] ?? null;
  if (expr.kind === 'attribute' || expr.kind === 'subscript') {
    const object = spreadOf(expr.object);
    return object === null ? null : { ...expr, object };
  }
  if (expr.kind === 'call') {
    const func = spreadOf(expr.func);
    return func === null ? null : { ...expr, func };
  }
  return null;
}

/** A class attribute or method along the method resolution order; `after` starts behind a class (super). */
export function findMember(cls: ClassValue, name: string, after: ClassValue | null): Value | undefined {
  const order = lineage(cls);
  const from = after === null ? 0 : order.indexOf(after) + 1;
  for (let i = from; i < order.length; i++) {
    const value = order[i]?.members.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

export function ownerOf(scope: Scope): ClassValue | null {
  for (let s: Scope | null = scope; s !== null; s = s.parent) if (s.owner !== null) return s.owner;
  return null;
}

export function firstParameter(scope: Scope): Value | undefined {
  for (const value of scope.vars.values()) return value;
  return undefined;
}

/** Does a generator's body yield here, or in a loop or branch below? */
export function yieldsSomewhere(stmt: Stmt): boolean {
  if (stmt.kind === 'expr') return stmt.value.kind === 'yield';
  if (stmt.kind === 'for' || stmt.kind === 'while' || stmt.kind === 'with' || stmt.kind === 'try')
    return stmt.body.some(yieldsSomewhere);
  return stmt.kind === 'if' && [...stmt.body, ...stmt.orelse].some(yieldsSomewhere);
}

/** Module-level values read at once: everything but calls, which may do anything. */
export function plainConstant(value: Expr | null): boolean {
  return value !== null && value.kind !== 'call' && value.kind !== 'comprehension' && value.kind !== 'await';
}

export function isMainGuard(test: Expr): boolean {
  return test.kind === 'compare' && test.operands.some((o) => o.kind === 'name' && o.id === '__name__');
}
