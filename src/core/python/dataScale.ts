import type { TextRange } from '../text';
import type { PythonFacts } from './facts';
import type { Expr, Stmt } from './syntax/ast';
import { childExpressions, expressionsIn, expressionsOf } from './syntax/walk';

/** Standardised data are about 1 large; raw measurements have tens and more. */
const LARGE = 15;
const DRAW = /^(?:torch\.(?:rand|randn|normal|rand_like|randn_like)|numpy\.random\.\w+|random\.\w+)$/;
/** Functions that give numbers of size 1, or of their own scale, whatever they get. */
const RESCALES =
  /^(?:sin|cos|tan|tanh|sigmoid|softmax|exp|log|log1p|atan|sign|normalize|standardize|fmod|remainder)$/;
const SCALED =
  /Scaler\b|[Nn]ormali[sz]e|[Ss]tandardi[sz]e|Norm\w*\(|\/=?\s*(?:255|256|127|128|100)|\.amax\(|\.max\(\)/;

/**
 * Numbers drawn in tens and more that nothing in the file scales: `-60 + 6 * torch.randn(n, 24)`,
 * `3600 * torch.rand(n)`. The largest first; empty where the file scales anything.
 */
export function largeDraws(
  facts: PythonFacts,
): readonly { readonly range: TextRange; readonly size: number }[] {
  if (!facts.source.mentions(/rand|normal/) || facts.source.mentions(SCALED)) {
    return [];
  }
  const found: { range: TextRange; size: number }[] = [];
  for (const stmt of facts.source.statements()) {
    if (facts.source.mentions(SPREAD) && standardises(facts, stmt)) {
      return [];
    }
    const value = stmt.kind === 'assign' || stmt.kind === 'return' ? stmt.value : null;
    const size = value === null ? 0 : sizeOf(facts, value);
    if (value !== null && size >= LARGE) {
      found.push({ range: facts.rangeOf(value), size });
    }
  }
  return found.sort((a, b) => b.size - a.size);
}

const SPREAD = /\b(?:std|var|sd|sigma|scale)/i;

/** `x = (x - mean) / std`: as against a spread that only an evaluation divides its error by. */
function standardises(facts: PythonFacts, stmt: Stmt): boolean {
  return expressionsOf(stmt).some((expr) => {
    const [centred, spread] =
      expr.kind === 'binary' && expr.op === '/' ? [expr.left, expr.right] : [null, null];
    return (
      centred !== null &&
      spread !== null &&
      isCentred(facts, centred) &&
      SPREAD.test(facts.textOf(facts.rangeOf(spread)))
    );
  });
}

/** `x - mean`, itself or through the one variable that holds it; not `1 - p`. */
export function isCentred(facts: PythonFacts, expr: Expr): boolean {
  const value = expr.kind === 'name' ? facts.valueOf(expr) : expr;
  return value?.kind === 'binary' && value.op === '-' && value.left.kind !== 'number';
}

/** The largest literal that a draw is multiplied by or added to; 0 without one. */
function sizeOf(facts: PythonFacts, expr: Expr): number {
  if (
    rescales(expr) ||
    expr.kind === 'compare' ||
    (expr.kind === 'binary' && /^(?:\/|\/\/|%)$/.test(expr.op))
  ) {
    return 0;
  }
  const inner = Math.max(0, ...childExpressions(expr).map((one) => sizeOf(facts, one)));
  if (expr.kind !== 'binary' || !/^[*+-]$/.test(expr.op)) {
    return inner;
  }
  const [number, other] = [
    [expr.left, expr.right],
    [expr.right, expr.left],
  ].find(([one]) => one !== undefined && literal(one) !== null) ?? [null, null];
  const draws = other !== null && other !== undefined && drawsUnscaled(facts, other);
  return number !== null && number !== undefined && draws ? Math.max(inner, literal(number) ?? 0) : inner;
}

function drawsUnscaled(facts: PythonFacts, expr: Expr): boolean {
  const inner = expressionsIn(expr);
  return (
    !inner.some(rescales) &&
    inner.some((one) => one.kind === 'call' && DRAW.test(facts.nameOf(one.func) ?? ''))
  );
}

/** `torch.sin(…)`, `x.tanh()`: what comes out has a size of its own. */
function rescales(expr: Expr): boolean {
  if (expr.kind !== 'call') {
    return false;
  }
  const { func } = expr;
  return RESCALES.test(func.kind === 'attribute' ? func.attr : func.kind === 'name' ? func.id : '');
}

/** Size of a number as written, whatever its sign. */
function literal(expr: Expr): number | null {
  const one = expr.kind === 'unary' && expr.op === '-' ? expr.operand : expr;
  return one.kind === 'number' ? Math.abs(one.value) : null;
}
