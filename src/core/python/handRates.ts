import type { TextRange } from '../text';
import { arithmetic, evaluate } from './arithmetic';
import { argumentFor } from './definitions';
import type { OptimizerFact, PythonFacts } from './facts';
import { functionBehind } from './lossParts';
import type { Scope } from './scopes';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { stepsOfRun } from './warmUp';

/** A learning rate that the program sets itself, as a formula of the step: `group["lr"] = base * step / warmup`. */
export interface HandRate {
  /** The formula: what is assigned, or what the function returns that is asked for it. */
  readonly formula: TextRange;
  readonly optimizer: OptimizerFact;
  /** The rate that the optimizer is given. */
  readonly base: number;
  /** Steps of the run. */
  readonly steps: number;
  /** The rate at a step; null where it cannot be computed. */
  at(step: number): number | null;
}

const MAX_DEPTH = 12;

/** Rates set by hand, in a program with one optimizer and one loop of known length. */
export function handRates(facts: PythonFacts): readonly HandRate[] {
  const [optimizer, another] = facts.optimizers;
  const { source } = facts;
  if (optimizer?.lr == null || another !== undefined || !source.mentions(/\["lr"\]|\['lr'\]/)) {
    return [];
  }
  const base = optimizer.lr.value;
  const set = source.statements().flatMap((stmt) => (stmt.kind === 'assign' ? rateIn(stmt) : []));
  const [value, other] = set;
  const steps = value === undefined || other !== undefined ? null : stepsOfRun(facts);
  if (value === undefined || steps === null || !(base > 0)) {
    return [];
  }
  const at = (step: number): number | null => rateAt(facts, value, step, 0);
  // What does not change with the step is a setting.
  return at(0) === at(steps)
    ? []
    : [{ formula: facts.rangeOf(formulaOf(facts, value)), optimizer, base, steps, at }];
}

function rateIn(stmt: Stmt & { kind: 'assign' }): readonly Expr[] {
  const isRate = stmt.targets.some((target) => {
    const key = target.kind === 'subscript' ? target.indices[0] : undefined;
    return key?.kind === 'string' && key.value === 'lr';
  });
  return isRate && stmt.value !== null ? [stmt.value] : [];
}

/** The arithmetic behind a value: of the one variable that holds it, or of the one return of a function. */
function formulaOf(facts: PythonFacts, expr: Expr, depth = 0): Expr {
  const scope = expr.kind === 'call' ? functionBehind(facts, expr) : null;
  const returned =
    scope?.statements.flatMap((stmt) => (stmt.kind === 'return' ? (stmt.value ?? []) : [])) ?? [];
  const next = returned.length === 1 ? returned[0] : expr.kind === 'name' ? facts.valueOf(expr) : null;
  return next == null || next === expr || depth > MAX_DEPTH ? expr : formulaOf(facts, next, depth + 1);
}

function rateAt(facts: PythonFacts, expr: Expr, step: number, depth: number): number | null {
  const { source } = facts;
  source.work.spend(1);
  if (depth > MAX_DEPTH) {
    return null;
  }
  const of = (one: Expr): number | null => rateAt(facts, one, step, depth + 1);
  switch (expr.kind) {
    case 'number':
      return expr.value;
    case 'binary': {
      const [left, right] = [of(expr.left), of(expr.right)];
      return left === null || right === null ? null : arithmetic(expr.op, left, right);
    }
    case 'unary': {
      const value = expr.op === '-' ? of(expr.operand) : null;
      return value === null ? null : -value;
    }
    case 'conditional': {
      const holds = testAt(expr.test, of);
      return holds === null ? null : of(holds ? expr.whenTrue : expr.whenFalse);
    }
    case 'call':
      return ofCall(facts, expr, of);
    case 'name':
      return ofName(facts, expr, step, of);
    default:
      return evaluate(source, expr);
  }
}

function ofName(
  facts: PythonFacts,
  expr: Expr & { kind: 'name' },
  step: number,
  of: (expr: Expr) => number | null,
): number | null {
  const { source } = facts;
  const bindings = source.bindings(expr);
  const [only, another] = bindings;
  if (only === undefined) {
    return null;
  }
  if (another !== undefined) {
    const counts = bindings.every(
      ({ kind, value, stmt }) =>
        (kind === 'assign' && value?.kind === 'number' && value.value < 2) ||
        (stmt?.kind === 'augmented' && stmt.op === '+=' && value?.kind === 'number' && value.value === 1),
    );
    return counts ? step : null;
  }
  if (only.kind === 'loop') {
    const isRange = only.value?.kind === 'call' && facts.nameOf(only.value.func) === 'range';
    return isRange ? step : null;
  }
  if (only.kind === 'parameter') {
    const given = argumentFor(source, source.scopeAt(expr.start), expr.id);
    return given === null || given === expr ? null : of(given);
  }
  return only.kind === 'assign' && only.value !== null ? of(only.value) : null;
}

function ofCall(facts: PythonFacts, call: CallExpr, of: (expr: Expr) => number | null): number | null {
  const scope = functionBehind(facts, call);
  if (scope !== null) {
    return returnedAt(scope, of);
  }
  const values = call.args.map(({ value }) => of(value));
  const known = values.filter((value) => value !== null);
  const name = facts.nameOf(call.func) ?? '';
  const [first] = known;
  if (first === undefined || known.length !== values.length) {
    return evaluate(facts.source, call);
  }
  if (name === 'min' || name === 'max') {
    return Math[name](...known);
  }
  const plain = /^(?:math|numpy)\.(exp|sqrt|cos|sin|log)$/.exec(name)?.[1];
  return plain === 'exp' || plain === 'sqrt' || plain === 'cos' || plain === 'sin' || plain === 'log'
    ? Math[plain](first)
    : name === 'float' || name === 'int'
      ? first
      : evaluate(facts.source, call);
}

/** What a function returns whose body is tests and returns. */
function returnedAt({ body }: Scope, of: (expr: Expr) => number | null): number | null {
  const run = (block: readonly Stmt[]): number | null | undefined => {
    for (const stmt of block) {
      if (stmt.kind === 'return') {
        return stmt.value === null ? null : of(stmt.value);
      }
      if (stmt.kind === 'if') {
        const holds = testAt(stmt.test, of);
        const found = holds === null ? null : run(holds ? stmt.body : stmt.orelse);
        if (found !== undefined) {
          return found;
        }
      } else if (stmt.kind !== 'assign' && stmt.kind !== 'expr') {
        return null;
      }
    }
    return undefined;
  };
  return run(body) ?? null;
}

function testAt(test: Expr, of: (expr: Expr) => number | null): boolean | null {
  const [left, right, another] = test.kind === 'compare' ? test.operands.map(of) : [];
  const [op] = test.kind === 'compare' ? test.ops : [];
  if (left == null || right == null || another !== undefined) {
    return null;
  }
  switch (op) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return null;
  }
}
