import { arithmetic, evaluate } from './arithmetic';
import type { PythonFacts } from './facts';
import type { CallExpr, Expr, FunctionStmt } from './syntax/ast';
import { ownStatements } from './syntax/walk';

/** The factor on the first rate as a formula of the step: what `LambdaLR` is given. */
export interface RateFormula {
  readonly param: string;
  readonly body: Expr;
}

/**
 * A lambda, or a function that gives one value whatever the step: by its name, with `partial`, in a list of one, or made by a call
 * of a function of the file that returns it.
 */
export function rateFormula(facts: PythonFacts, given: Expr, depth = 0): RateFormula | null {
  const expr = given.kind === 'name' ? (facts.valueOf(given) ?? given) : given;
  if (depth > MOST_MAKERS) {
    return null;
  }
  switch (expr.kind) {
    case 'lambda': {
      const [param, ...others] = expr.params;
      const isLeft = others.some((one) => one.default === null);
      return param === undefined || isLeft ? null : { param: param.name, body: expr.body };
    }
    case 'list':
    case 'tuple': {
      const [only, another] = expr.items;
      return only === undefined || another !== undefined ? null : rateFormula(facts, only, depth + 1);
    }
    case 'call':
      return madeBy(facts, expr, depth);
    default:
      return formulaOf(facts, expr, []);
  }
}

/** Functions that make the one a scheduler calls, at most. */
const MOST_MAKERS = 3;

/** `warmup(args)` that returns a function, `partial(climb, steps=100)`. */
function madeBy(facts: PythonFacts, call: CallExpr, depth: number): RateFormula | null {
  if (/(?:^|\.)partial$/.test(facts.nameOf(call.func) ?? '')) {
    const [first, ...others] = call.args;
    const isPlain = others.every(({ name, star }) => name !== null && star === 0);
    return first === undefined || !isPlain
      ? null
      : formulaOf(
          facts,
          first.value,
          others.map(({ name }) => name ?? ''),
        );
  }
  const node = facts.source.helperOf(call)?.node;
  const [returned, another] = node?.kind === 'function' ? returns(node) : [];
  return returned === undefined || another !== undefined ? null : rateFormula(facts, returned, depth + 1);
}

/** The value of a function that a scheduler calls with the step, its other parameters given. */
function formulaOf(facts: PythonFacts, func: Expr, given: readonly string[]): RateFormula | null {
  // What the scheduler calls is what a call of it would run.
  const call: CallExpr = { kind: 'call', func, args: [], start: func.start, end: func.end };
  const node = facts.source.helperOf(call)?.node;
  if (node?.kind !== 'function') {
    return null;
  }
  const free = node.params.filter(
    ({ name, default: value }) => !given.includes(name) && (value === null || given.length === 0),
  );
  const param = given.length > 0 ? free[0] : free.at(-1);
  const [only, another] = returns(node);
  return param === undefined || only === undefined || another !== undefined || !isStraight(node)
    ? null
    : { param: param.name, body: only };
}

function returns(node: FunctionStmt): readonly Expr[] {
  return ownStatements(node.body).flatMap((stmt) =>
    stmt.kind === 'return' && stmt.value !== null ? [stmt.value] : [],
  );
}

/** Nothing but names for parts of the value: no branch, no loop. */
function isStraight(node: FunctionStmt): boolean {
  return ownStatements(node.body).every(
    ({ kind, ...stmt }) =>
      kind === 'return' ||
      kind === 'assign' ||
      kind === 'function' ||
      (kind === 'expr' && 'value' in stmt && stmt.value !== null && stmt.value.kind === 'string'),
  );
}

/** Names of parts followed into each other. */
const MOST_NAMES = 8;

/** The factor at a step; null where it cannot be computed. */
export function rateFactor(facts: PythonFacts, { param, body }: RateFormula, step: number): number | null {
  const { source } = facts;
  let depth = 0;
  const of = (expr: Expr): number | null => {
    source.work.spend(1);
    if (expr.kind === 'name' && expr.id === param) {
      return step;
    }
    if (expr.kind === 'name') {
      const value = depth > MOST_NAMES ? null : facts.valueOf(expr);
      depth += 1;
      const behind = value === null || value === expr ? null : of(value);
      depth -= 1;
      return behind ?? evaluate(source, expr);
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
