import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import { expressionsOf, statementsIn } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import { fixOf, replace } from './place';
import { onTrainingPath } from './trainingPath';

/** exp(20) is 5e8: far above any variance or weight that is meant, far below float32's limit of exp(88). */
const LARGEST_EXPONENT = '20.0';

/** An exponential of something that nothing bounds. */
export interface UnboundedExp {
  readonly call: CallExpr;
  readonly argument: Expr;
}

/** Exponentials on the way to the loss that a growing argument makes infinite. */
export function unboundedExps(facts: PythonFacts): readonly UnboundedExp[] {
  return onTrainingPath(facts, (expr) => {
    if (expr.kind !== 'call') {
      return null;
    }
    const isMethod = expr.func.kind === 'attribute' && expr.func.attr === 'exp' && expr.args.length === 0;
    const argument = isMethod && expr.func.kind === 'attribute' ? expr.func.object : expr.args[0]?.value;
    const isExp = isMethod || facts.nameOf(expr.func) === 'torch.exp';
    return isExp && argument !== undefined && mayGrow(facts, argument) ? { call: expr, argument } : null;
  });
}

/** Not a difference to a maximum, a negated square, half a logarithm or what is clamped. */
function mayGrow(facts: PythonFacts, expr: Expr): boolean {
  const text = facts.textOf(facts.rangeOf(expr));
  return (
    !/^-|clamp|clip|max|tanh|sigmoid|minimum|log_softmax|log_prob/.test(text) &&
    /^[\w.]+$/.test(text) &&
    !/^(?:math|np|numpy)\./.test(text)
  );
}

/** A softmax written out: `w = exp(z)` and `w / w.sum(dim)`, with the edits that make it the built-in one. */
export interface HandSoftmax {
  readonly range: TextRange;
  /** Of negative numbers, distances for instance: the exponentials vanish, all of a row in the end, and do not overflow. */
  readonly vanishes: boolean;
  readonly edits: readonly TextEdit[];
}

/** Softmaxes that overflow where the built-in one takes the maximum off first. */
export function handSoftmaxes(facts: PythonFacts): readonly HandSoftmax[] {
  return onTrainingPath(facts, (expr) => {
    const one = expr.kind === 'binary' && expr.op === '/' ? handSoftmax(facts, expr.left, expr.right) : null;
    return one === null ? null : { ...one, edits: [...one.edits, replace(facts.rangeOf(expr), one.result)] };
  });
}

function handSoftmax(
  facts: PythonFacts,
  left: Expr,
  right: Expr,
): (HandSoftmax & { readonly result: string }) | null {
  const softmax = facts.spell('torch.softmax');
  const sum =
    right.kind === 'call' && right.func.kind === 'attribute' && right.func.attr === 'sum' ? right : null;
  const summed = sum?.func.kind === 'attribute' ? sum.func.object : null;
  const dim =
    sum?.args.find((arg) => arg.name === 'dim' || arg.name === 'axis') ??
    sum?.args.find((arg) => arg.name === null);
  const exp = left.kind === 'name' ? facts.valueOf(left) : left;
  if (softmax === null || summed === null || dim === undefined || exp?.kind !== 'call') {
    return null;
  }
  const argument = facts.nameOf(exp.func) === 'torch.exp' ? exp.args[0]?.value : undefined;
  const text = (node: Expr) => facts.textOf(facts.rangeOf(node));
  if (argument === undefined || text(left) !== text(summed) || isShifted(facts, argument)) {
    return null;
  }
  const call = `${softmax}(${text(argument)}, dim=${text(dim.value)})`;
  const vanishes = isNegated(argument);
  if (left.kind !== 'name') {
    return { range: facts.rangeOf(left), vanishes, edits: [], result: call };
  }
  // The variable must hold the exponentials for nothing else: it is given once and read twice.
  return usesOf(facts, left) === 3
    ? { range: facts.rangeOf(exp), vanishes, edits: [replace(facts.rangeOf(exp), call)], result: left.id }
    : null;
}

/** `-x`, `-0.5 * x`, `-(x ** 2) / 2`. */
export function isNegated(expr: Expr): boolean {
  return (
    (expr.kind === 'unary' && expr.op === '-') ||
    (expr.kind === 'binary' && (expr.op === '*' || expr.op === '/') && isNegated(expr.left))
  );
}

/** How often the code of a name's function, or of the file, names it. */
function usesOf(facts: PythonFacts, { id, start }: Expr & { kind: 'name' }): number {
  const body = facts.source.functionAt(start)?.body ?? facts.body;
  return statementsIn(body)
    .flatMap(expressionsOf)
    .filter((expr) => expr.kind === 'name' && expr.id === id).length;
}

/** The maximum is taken off, or something bounds it, here or where the exponent gets its value. */
function isShifted(facts: PythonFacts, argument: Expr): boolean {
  const values = [argument, ...facts.source.bindings(argument).map(({ value }) => value)];
  return values.some(
    (value) => value !== null && /max|clamp|clip|tanh|sigmoid/.test(facts.textOf(facts.rangeOf(value))),
  );
}

/** Uses the built-in softmax where one is written out, and bounds the exponents elsewhere. */
export function keepExpsFinite(facts: PythonFacts): readonly Fix[] {
  const softmaxes = handSoftmaxes(facts);
  if (softmaxes.length > 0) {
    return fixOf(
      facts,
      'safe-exp',
      'Use torch.softmax, which does not overflow',
      'safe',
      softmaxes.flatMap(({ edits }) => edits),
    );
  }
  const edits = unboundedExps(facts).map(({ argument }) => {
    const range = facts.rangeOf(argument);
    return replace(range, `${facts.textOf(range)}.clamp(max=${LARGEST_EXPONENT})`);
  });
  return fixOf(facts, 'safe-exp', 'Bound the exponent so that exp stays finite', 'unsafe', edits);
}
