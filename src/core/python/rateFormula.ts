import { arithmetic, evaluate } from './arithmetic';
import type { PythonFacts } from './facts';
import type { CallExpr, Expr } from './syntax/ast';
import { ownStatements } from './syntax/walk';

/** The factor on the first rate as a formula of the step: what `LambdaLR` is given. */
export interface RateFormula {
  readonly param: string;
  readonly body: Expr;
}

/** A lambda, or a function of one line. */
export function rateFormula(facts: PythonFacts, given: Expr): RateFormula | null {
  const expr = given.kind === 'name' ? (facts.valueOf(given) ?? given) : given;
  if (expr.kind === 'lambda') {
    const [param, ...others] = expr.params;
    return param === undefined || others.length > 0 ? null : { param: param.name, body: expr.body };
  }
  // What the scheduler calls is what a call of it would run.
  const call: CallExpr = { kind: 'call', func: expr, args: [], start: expr.start, end: expr.end };
  const node = facts.source.helperOf(call)?.node;
  if (node?.kind !== 'function') {
    return null;
  }
  const param = node.params.at(-1);
  const body = ownStatements(node.body).filter(
    (stmt) => !(stmt.kind === 'expr' && stmt.value.kind === 'string'),
  );
  const [only] = body;
  return param !== undefined && body.length === 1 && only?.kind === 'return' && only.value !== null
    ? { param: param.name, body: only.value }
    : null;
}

/** The factor at a step; null where it cannot be computed. */
export function rateFactor(facts: PythonFacts, { param, body }: RateFormula, step: number): number | null {
  const { source } = facts;
  const of = (expr: Expr): number | null => {
    source.work.spend(1);
    if (expr.kind === 'name' && expr.id === param) {
      return step;
    }
    if (expr.kind === 'binary') {
      const [left, right] = [of(expr.left), of(expr.right)];
      return left === null || right === null ? null : arithmetic(expr.op, left, right);
    }
    if (expr.kind === 'unary' && expr.op === '-') {
      const value = of(expr.operand);
      return value === null ? null : -value;
    }
    if (expr.kind === 'call') {
      return called(facts, expr, of) ?? evaluate(source, expr);
    }
    return evaluate(source, expr);
  };
  return of(body);
}

function called({ source }: PythonFacts, call: CallExpr, of: (expr: Expr) => number | null): number | null {
  const values = call.args.map(({ value, name, star }) => (name === null && star === 0 ? of(value) : null));
  const known = values.filter((value) => value !== null);
  const name = call.func.kind === 'name' ? call.func.id : (source.nameOf(call.func) ?? '');
  const [first, second] = known;
  if (first === undefined || known.length !== values.length) {
    return null;
  }
  if (name === 'min' || name === 'max') {
    return Math[name](...known);
  }
  if (second !== undefined) {
    return /^(?:pow|math\.pow|numpy\.power)$/.test(name) ? first ** second : null;
  }
  const plain = /^(?:math|numpy)\.(exp|sqrt|log|log10|log2)$/.exec(name)?.[1];
  return plain === 'exp' || plain === 'sqrt' || plain === 'log' || plain === 'log10' || plain === 'log2'
    ? Math[plain](first)
    : name === 'float' || name === 'int'
      ? first
      : null;
}
