import { isCentred } from '../../python/dataScale';
import type { PythonFacts } from '../../python/facts';
import type { Expr } from '../../python/syntax/ast';
import { onTrainingPath, visitAll } from './trainingPath';

/** A divisor that some data make zero. */
export interface UnguardedDivisor {
  readonly divisor: Expr;
  /** One clause: which data do. */
  readonly what: string;
  /** It stands where data are prepared, once, and not in each step. */
  readonly prepares: boolean;
}

const SPREAD = 'nothing keeps this divisor away from zero, and constant data make it zero';
const COUNT =
  'nothing keeps this divisor away from zero, and a row where everything is masked or zero makes it zero';
const WHOLE_COUNT =
  'nothing keeps this divisor away from zero, and a batch in which everything is masked or zero makes it zero';

/**
 * Divisors that are 0 for constant or empty data: `x / x.norm()` and `h.sum(1) / mask.sum(1)` in code that gradients
 * flow through, `(x - mean) / std` wherever data are prepared.
 */
export function unguardedDivisors(facts: PythonFacts): readonly UnguardedDivisor[] {
  if (!facts.source.mentions(/\b(?:std|norm|sum|amax|max|ptp|var|count_nonzero)\b/)) {
    return [];
  }
  if (!facts.source.binaries('/').some(({ right }) => vanishes(facts, right) !== null)) {
    return [];
  }
  const trained = onTrainingPath(facts, (expr): UnguardedDivisor | null => {
    const what = expr.kind === 'binary' && expr.op === '/' ? vanishes(facts, expr.right) : null;
    if (expr.kind !== 'binary' || what === null) {
      return null;
    }
    // A sum of exponentials is no sum that vanishes.
    return isExponential(facts, expr.left) ? null : { divisor: expr.right, what, prepares: false };
  });
  const found = new Map(trained.map((one) => [one.divisor, one]));
  visitAll(facts, (expr) => {
    if (expr.kind === 'binary' && expr.op === '/' && isCentred(facts, expr.left)) {
      if (!found.has(expr.right) && vanishes(facts, expr.right) === SPREAD) {
        found.set(expr.right, { divisor: expr.right, what: SPREAD, prepares: true });
      }
    }
  });
  return [...found.values()];
}

/** Exponentials, or a variable that is given them, if not only them: `attn = scores.softmax(1); attn = attn / attn.sum(-1)`. */
function isExponential(facts: PythonFacts, expr: Expr): boolean {
  const values =
    expr.kind === 'name' ? facts.source.bindings(expr).flatMap(({ value }) => value ?? []) : [expr];
  return values.some((value) => /\bexp\(|softmax|sigmoid|softplus/.test(facts.textOf(facts.rangeOf(value))));
}

/** What changes a value's shape and not its zeros. */
const RESHAPES = /^(?:unsqueeze|squeeze|float|double|view|reshape|expand|expand_as|to|detach|sqrt|type)$/;

/** Does the file write into some of a variable's entries, or change them in place: `std[std == 0] = 1`, `std.clamp_(min=1e-6)`? */
function isMended({ source }: PythonFacts, expr: Expr): boolean {
  if (expr.kind !== 'name') {
    return false;
  }
  const bindings = source.bindings(expr);
  const isIt = (one: Expr): boolean => one.kind === 'name' && source.bindings(one) === bindings;
  return source
    .statements()
    .some((stmt) =>
      stmt.kind === 'assign'
        ? stmt.targets.some((target) => target.kind === 'subscript' && isIt(target.object))
        : stmt.kind === 'expr' &&
          stmt.value.kind === 'call' &&
          stmt.value.func.kind === 'attribute' &&
          /_$/.test(stmt.value.func.attr) &&
          isIt(stmt.value.func.object),
    );
}

function vanishes(facts: PythonFacts, expr: Expr): string | null {
  const what = zerosOf(facts, expr);
  return what === null || isMended(facts, expr) ? null : what;
}

function zerosOf(facts: PythonFacts, expr: Expr): string | null {
  const value = expr.kind === 'name' ? facts.valueOf(expr) : expr;
  if (value?.kind === 'binary' && value.op === '-') {
    const [left, right] = [value.left, value.right].map((one) => reductionOf(facts, one));
    return left === 'max' && right === 'min' ? SPREAD : null;
  }
  const name = value === null || value === undefined ? null : reductionOf(facts, value);
  return name === null || name === 'max' || name === 'min'
    ? null
    : name === 'sum'
      ? isOfAll(value)
        ? WHOLE_COUNT
        : COUNT
      : SPREAD;
}

/** `mask.sum()`, without an axis. */
function isOfAll(value: Expr | null | undefined): boolean {
  return value?.kind === 'call' && value.func.kind === 'attribute' && value.args.length === 0;
}

/** `x.var(-1)`, and the mean of squared differences: `((x - mu) ** 2).mean(-1)`. */
function isVariance(facts: PythonFacts, expr: Expr): boolean {
  const value = expr.kind === 'name' ? facts.valueOf(expr) : expr;
  if (value?.kind !== 'call' || value.func.kind !== 'attribute') {
    return false;
  }
  const { attr, object } = value.func;
  const isSquare = object.kind === 'binary' && object.op === '**' && isCentred(facts, object.left);
  return attr === 'var' || (attr === 'mean' && isSquare);
}

type Reduction = 'spread' | 'sum' | 'max' | 'min';

/** The reduction that gives a value, under what only reshapes it. */
function reductionOf(facts: PythonFacts, expr: Expr): Reduction | null {
  const value = expr.kind === 'name' ? facts.valueOf(expr) : expr;
  if (value?.kind !== 'call') {
    return null;
  }
  const { func } = value;
  const name = facts.nameOf(func) ?? '';
  const word =
    /^(?:torch|numpy)\.(?:linalg\.)?(\w+)$/.exec(name)?.[1] ?? (func.kind === 'attribute' ? func.attr : '');
  if (/^(?:math|statistics)\b/.test(name)) {
    return null;
  }
  const [first, another] = value.args;
  if (/^(?:torch|numpy)\.sqrt$/.test(name) && first !== undefined && another === undefined) {
    return isVariance(facts, first.value) ? 'spread' : reductionOf(facts, first.value);
  }
  if (func.kind === 'attribute' && RESHAPES.test(func.attr)) {
    const isRoot = func.attr === 'sqrt' && isVariance(facts, func.object);
    return isRoot ? 'spread' : reductionOf(facts, func.object);
  }
  return /^(?:std|norm|vector_norm|ptp)$/.test(word)
    ? 'spread'
    : /^(?:sum|count_nonzero|nansum)$/.test(word)
      ? 'sum'
      : /^a?max$/.test(word)
        ? 'max'
        : /^a?min$/.test(word)
          ? 'min'
          : null;
}
