import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import type { RemedyTarget } from '../remedy';
import { unguardedDivisors } from './divisors';
import { appendTo, fixOf, prependTo } from './place';
import { handSoftmaxes } from './safeExp';
import { onTrainingPath } from './trainingPath';

/** Added inside a logarithm: far below any probability that matters, and log(1e-8) is a harmless -18. */
const LOG_EPS = '1e-8';
/** Added inside a root: the slope at zero is then 5e5 and not infinite. */
const ROOT_EPS = '1e-12';
/** An inverse cosine has an infinite slope at ±1; single precision tells 1 - 1e-6 from 1. */
const INSIDE = '-1 + 1e-6, 1 - 1e-6';

/** A function with an infinite value or slope at an edge of its domain, applied to something that nothing keeps away from it. */
export interface UnguardedCall {
  readonly call: Expr;
  readonly argument: Expr;
  readonly function: 'log' | 'sqrt' | 'arc';
}

/** A place where a value, or its slope, is infinite for some inputs. */
export interface Singularity {
  readonly range: TextRange;
  readonly kind: UnguardedCall['function'] | 'divisor';
  /** One clause: what happens there. */
  readonly what: string;
  /** It stands where data are prepared: what it spoils is spoilt from the first step on. */
  readonly prepares: boolean;
  readonly edits: readonly TextEdit[];
}

const WHAT: Readonly<Record<UnguardedCall['function'], string>> = {
  log: 'log has an infinite slope at zero and nothing keeps its argument away from it',
  sqrt: 'the root has an infinite slope at zero and nothing keeps its argument away from it',
  arc: 'the slope of this inverse function is infinite at ±1, which rounding reaches',
};

/** Every place of a file that gradients, or the data, flow through and where they may become infinite or NaN. */
export function singularities(facts: PythonFacts): readonly Singularity[] {
  const calls = unguardedCalls(facts).map((one) => ({
    range: facts.rangeOf(one.call),
    kind: one.function,
    what: WHAT[one.function],
    prepares: false,
    edits: guard(facts, one),
  }));
  const divisors = unguardedDivisors(facts).map(({ divisor, what, prepares }) => {
    const range = facts.rangeOf(divisor);
    const kind = 'divisor' as const;
    return { range, kind, what, prepares, edits: [prependTo(range, '('), appendTo(range, ` + ${LOG_EPS})`)] };
  });
  return [...calls, ...divisors];
}

/** Unguarded logarithms, roots and inverse functions in code that gradients flow through. */
function unguardedCalls(facts: PythonFacts): readonly UnguardedCall[] {
  if (
    !facts.source.mentions(/\b(?:log|log2|log10|log1p|sqrt|rsqrt|pow|acos|arccos|asin|arcsin|atanh)\b|\*\*/)
  ) {
    return [];
  }
  return onTrainingPath(facts, (expr) =>
    expr.kind === 'call'
      ? unguarded(facts, expr)
      : expr.kind === 'binary'
        ? unguardedPower(facts, expr)
        : null,
  );
}

const FUNCTION = /^(log|log2|log10|log1p|sqrt|rsqrt|acos|arccos|asin|arcsin|atanh)$/;

function unguarded(facts: PythonFacts, call: CallExpr): UnguardedCall | null {
  const { func } = call;
  const name = facts.nameOf(func) ?? '';
  const library = /^(?:torch|jax\.numpy|tensorflow(?:\.math)?)\.(\w+)$/.exec(name)?.[1] ?? '';
  const first = call.args[0];
  if (FUNCTION.test(library)) {
    return first === undefined || first.star !== 0 ? null : judge(facts, call, first.value, library);
  }
  if (func.kind !== 'attribute') {
    return null;
  }
  if (FUNCTION.test(func.attr) && call.args.length === 0) {
    return judge(facts, call, func.object, func.attr);
  }
  return func.attr === 'pow' && first !== undefined && isRoot(first.value) && call.args.length === 1
    ? judge(facts, call, func.object, 'sqrt')
    : null;
}

/** `d.sum(-1) ** 0.5`: what is computed from tensors, and not a size. */
function unguardedPower(facts: PythonFacts, expr: Expr & { kind: 'binary' }): UnguardedCall | null {
  if (expr.op !== '**' || !isRoot(expr.right)) {
    return null;
  }
  const value = expr.left.kind === 'name' ? facts.valueOf(expr.left) : expr.left;
  const text = value === null ? '' : facts.textOf(facts.rangeOf(value));
  return /\.(?:sum|mean|pow|square|var)\(|\*\*\s*2\b|torch\.(?:sum|mean|var)\(/.test(text)
    ? judge(facts, expr, expr.left, 'sqrt')
    : null;
}

/** An exponent whose power has an infinite slope at zero: below 1. */
function isRoot(exponent: Expr): boolean {
  const isMinus = exponent.kind === 'unary' && exponent.op === '-';
  return isMinus || (exponent.kind === 'number' && exponent.value > 0 && exponent.value < 1);
}

function judge(facts: PythonFacts, call: Expr, argument: Expr, name: string): UnguardedCall | null {
  const kind = /log/.test(name) ? 'log' : /sqrt/.test(name) ? 'sqrt' : 'arc';
  // What picks values out of a tensor, `p[torch.arange(n), y]`, says nothing of how small they are.
  const text = facts.textOf(facts.rangeOf(pickedFrom(argument)));
  const guarded =
    /eps|tiny|\de-\d|clamp|clip\(|maximum|softplus|\bexp\(|\.exp\(|\.grad\b|tensor\(|arange|linspace|\bshape\b|\.size\(/i.test(
      text,
    );
  const positiveSum =
    argument.kind === 'binary' &&
    argument.op === '+' &&
    (isPositive(argument.left) || isPositive(argument.right));
  // log1p is meant for what is above zero; of a negated probability it is a logarithm like any other.
  const isSafe = name === 'log1p' && !text.startsWith('-');
  if (guarded || positiveSum || isSafe || !/[A-Za-z_]/.test(text)) {
    return null;
  }
  return { call, argument, function: kind };
}

/** What `p[rows, y]` and `p.gather(1, y)` take their values from: each is as small as it was there. */
export function pickedFrom(expr: Expr): Expr {
  if (expr.kind === 'subscript') {
    return pickedFrom(expr.object);
  }
  return expr.kind === 'call' &&
    expr.func.kind === 'attribute' &&
    expr.func.attr === 'gather' &&
    expr.args.length > 0
    ? pickedFrom(expr.func.object)
    : expr;
}

function isPositive(expr: Expr): boolean {
  return expr.kind === 'number' && expr.value > 0;
}

/** Keeps every argument and divisor of the file away from where it is infinite; those of one line where one is named. */
export function addEps(facts: PythonFacts, { line }: RemedyTarget): readonly Fix[] {
  const places = singularities(facts).filter(({ range }) => line === null || range.line === line);
  const named = { log: 'logarithms', sqrt: 'roots', arc: 'inverse functions', divisor: 'divisors' };
  const kinds = [...new Set(places.map(({ kind }) => named[kind]))].join(' and ');
  // A constant inside the logarithm of 0 / 0 helps nobody: the quotient has to be a number first.
  const softmaxes =
    line === null && places.some(({ kind }) => kind === 'log')
      ? handSoftmaxes(facts).flatMap(({ edits }) => edits)
      : [];
  const builtIn = softmaxes.length > 0 ? ', and use torch.softmax' : '';
  return fixOf(facts, 'eps', `Keep ${kinds} away from where they are infinite${builtIn}`, 'unsafe', [
    ...softmaxes,
    ...places.flatMap(({ edits }) => edits),
  ]);
}

/** Adds the constant inside one call, in `f(x)` as in `x.f()` and `x ** 0.5`. */
export function guard(
  facts: PythonFacts,
  { call, argument, function: name }: UnguardedCall,
): readonly TextEdit[] {
  const range = facts.rangeOf(argument);
  if (name === 'arc') {
    const isPlain = /^[\w.]+$|\)$/.test(facts.textOf(range)) && argument.kind !== 'binary';
    return isPlain
      ? [appendTo(range, `.clamp(${INSIDE})`)]
      : [prependTo(range, '('), appendTo(range, `).clamp(${INSIDE})`)];
  }
  const eps = name === 'log' ? LOG_EPS : ROOT_EPS;
  const isOutside =
    call.kind === 'binary' ||
    (call.kind === 'call' && call.func.kind === 'attribute' && call.func.object === argument);
  const binds = argument.kind === 'binary' && !/^[-+*/@%]$|^\/\/$|^\*\*$/.test(argument.op);
  const loose =
    binds || argument.kind === 'conditional' || argument.kind === 'lambda' || argument.kind === 'compare';
  if (isOutside) {
    const wrapped = facts.text[argument.start - 1] === '(' && facts.text[argument.end] === ')';
    return wrapped && !loose
      ? [appendTo(range, ` + ${eps}`)]
      : [prependTo(range, '('), appendTo(range, ` + ${eps})`)];
  }
  return loose ? [prependTo(range, '('), appendTo(range, `) + ${eps}`)] : [appendTo(range, ` + ${eps}`)];
}
