import type { Expr } from '../../python/syntax/ast';

/** The number an expression spells out; null for anything else. */
export function literalNumber(expr: Expr): number | null {
  if (expr.kind === 'number') {
    return expr.value;
  }
  const negative = expr.kind === 'unary' && expr.op === '-' ? literalNumber(expr.operand) : null;
  return negative === null ? null : -negative;
}

/** The text of a plain string literal; null for anything else. */
export function literalString(expr: Expr): string | null {
  return expr.kind === 'string' ? expr.value : null;
}
