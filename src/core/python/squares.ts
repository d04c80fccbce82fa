import type { PythonFacts } from './facts';
import type { CallExpr, Expr } from './syntax/ast';
import { expressionsIn } from './syntax/walk';

/** Names and shapes followed back to a sum. */
const MAX_HOPS = 6;
/** Methods that change the shape of a sum alone. */
const RESHAPES = /^(?:squeeze|unsqueeze|view|reshape|contiguous|float|double)$/;

/**
 * Is this a sum of squares, or a squared distance by the scalar product, with nothing that keeps it above zero? Through
 * variables, shapes and a bound at zero itself; means are left alone, being averages over many.
 */
export function isSumOfSquares(facts: PythonFacts, expr: Expr, hops = 0): boolean {
  if (hops > MAX_HOPS) {
    return false;
  }
  if (expr.kind === 'name') {
    const value = lastAssigned(facts, expr);
    return value !== null && isSumOfSquares(facts, value, hops + 1);
  }
  if (expr.kind === 'binary') {
    return isGramDistance(facts, expr, hops);
  }
  if (expr.kind !== 'call') {
    return false;
  }
  const inner = boundAtZero(facts, expr) ?? reshapedSubject(facts, expr);
  if (inner !== null) {
    return isSumOfSquares(facts, inner, hops + 1);
  }
  const summed =
    facts.nameOf(expr.func) === 'torch.sum'
      ? expr.args[0]?.value
      : expr.func.kind === 'attribute' && expr.func.attr === 'sum'
        ? expr.func.object
        : undefined;
  return summed !== undefined && isSquare(facts, summed) && !isMeasured(facts, summed);
}

/** Numbers that are only looked at, as the norm of all gradients is: nothing goes back through them. */
const LOOKED_AT = /\.(?:grad|data|detach\(\)|item\(\))(?!\w)/;

function isMeasured(facts: PythonFacts, expr: Expr): boolean {
  const texts = expressionsIn(expr).flatMap((one) => {
    const value = one.kind === 'name' ? facts.valueOf(one) : null;
    return value === null ? [] : [facts.textOf(facts.rangeOf(value))];
  });
  return (
    [facts.textOf(facts.rangeOf(expr)), ...texts].some((text) => LOOKED_AT.test(text)) ||
    expressionsIn(expr).some((one) => one.kind === 'name' && /norms?$/i.test(one.id))
  );
}

/** The value a name has at a use, by the last plain assignment before it in its scope; null where something may change it after. */
function lastAssigned(facts: PythonFacts, name: Expr & { kind: 'name' }): Expr | null {
  const bindings = facts.source.bindings(name);
  const before = bindings.filter(({ stmt }) => stmt !== null && stmt.end <= name.start);
  const last = before.at(-1);
  const isPlain = bindings.every(({ kind }) => kind === 'assign');
  const changesInPlace =
    last?.stmt != null &&
    facts.source.callsWithin({ start: last.stmt.end, end: name.start }).some(({ call }) => {
      const { func } = call;
      return (
        func.kind === 'attribute' &&
        func.attr.endsWith('_') &&
        func.object.kind === 'name' &&
        func.object.id === name.id
      );
    });
  return last?.kind === 'assign' && isPlain && !changesInPlace ? last.value : null;
}

/** x of `x.clamp(min=0)`, `torch.relu(x)`: zero stays zero. */
function boundAtZero(facts: PythonFacts, call: CallExpr): Expr | null {
  const name = facts.nameOf(call.func) ?? '';
  const isFunction = name.startsWith('torch.');
  const word = isFunction
    ? name.slice(name.lastIndexOf('.') + 1)
    : call.func.kind === 'attribute'
      ? call.func.attr
      : '';
  const args = call.args.slice(isFunction ? 1 : 0);
  const isZero = (value: Expr | undefined): boolean => value?.kind === 'number' && value.value === 0;
  const bounds =
    /^relu_?$/.test(word) ||
    (/^(?:clamp|clip|clamp_min|clamp_|clamp_min_)$/.test(word) &&
      isZero(args.find(({ name: given }) => given === null || given === 'min')?.value));
  return !bounds
    ? null
    : isFunction
      ? (call.args[0]?.value ?? null)
      : call.func.kind === 'attribute'
        ? call.func.object
        : null;
}

function reshapedSubject(facts: PythonFacts, { func }: CallExpr): Expr | null {
  return func.kind === 'attribute' &&
    RESHAPES.test(func.attr) &&
    facts.nameOf(func)?.startsWith('torch.') !== true
    ? func.object
    : null;
}

/** `|a|² + |b|² - 2 a·b`, in any order of the first two. */
function isGramDistance(facts: PythonFacts, expr: Expr & { kind: 'binary' }, hops: number): boolean {
  const { op, left, right } = expr;
  const isTwice =
    right.kind === 'binary' &&
    expressionsIn(right).some((one) => one.kind === 'number' && one.value === 2) &&
    expressionsIn(right).some(
      (one) =>
        (one.kind === 'binary' && one.op === '@') ||
        (one.kind === 'call' && /^(?:matmul|mm|bmm)$/.test(calledAs(one))),
    );
  return (
    op === '-' &&
    isTwice &&
    left.kind === 'binary' &&
    left.op === '+' &&
    [left.left, left.right].every((side) => isSumOfSquares(facts, side, hops + 1))
  );
}

function calledAs({ func }: CallExpr): string {
  return func.kind === 'attribute' ? func.attr : func.kind === 'name' ? func.id : '';
}

function isSquare(facts: PythonFacts, given: Expr): boolean {
  const expr = given.kind === 'name' ? (lastAssigned(facts, given) ?? given) : given;
  const isTwo = (one: Expr | undefined): boolean => one?.kind === 'number' && one.value === 2;
  if (expr.kind === 'binary') {
    const text = (one: Expr): string => facts.textOf(facts.rangeOf(one));
    return (
      (expr.op === '**' && isTwo(expr.right)) || (expr.op === '*' && text(expr.left) === text(expr.right))
    );
  }
  if (expr.kind !== 'call') {
    return false;
  }
  const name = facts.nameOf(expr.func);
  if (name === 'torch.pow' || name === 'torch.square') {
    return name === 'torch.square' || isTwo(expr.args[1]?.value);
  }
  const method = expr.func.kind === 'attribute' ? expr.func.attr : '';
  return method === 'square' || (method === 'pow' && isTwo(expr.args[0]?.value));
}
