import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import type { RemedyTarget } from '../remedy';
import { appendTo, fixOf, prependTo } from './place';
import { visitTrained } from './trainingPath';

/** Added inside a logarithm: far below any probability that matters, and log(1e-8) is a harmless -18. */
const LOG_EPS = '1e-8';
/** Added inside a root: the slope at zero is then 5e5 and not infinite. */
const ROOT_EPS = '1e-12';

/** A function with an infinite slope at zero, applied to something that nothing keeps away from zero. */
export interface UnguardedCall {
  readonly call: CallExpr;
  readonly argument: Expr;
  readonly function: 'log' | 'sqrt';
}

/** Unguarded logarithms and roots in code that gradients flow through. */
export function unguardedCalls(facts: PythonFacts): readonly UnguardedCall[] {
  const found: UnguardedCall[] = [];
  visitTrained(facts, (expr) => {
    const call = expr.kind === 'call' ? unguarded(facts, expr) : null;
    if (call !== null) {
      found.push(call);
    }
  });
  return found;
}

/** Divisors that are 0 for constant or empty data, in code that gradients flow through: `x / x.std()`, `x / x.norm()`. */
export function unguardedDivisors(facts: PythonFacts): readonly Expr[] {
  const found: Expr[] = [];
  visitTrained(facts, (expr) => {
    if (expr.kind === 'binary' && expr.op === '/' && isSpread(facts, expr.right)) {
      found.push(expr.right);
    }
  });
  return found;
}

/** A standard deviation or a norm, itself or through the one variable that holds it. */
function isSpread(facts: PythonFacts, expr: Expr): boolean {
  const value = expr.kind === 'name' ? facts.valueOf(expr) : expr;
  if (value?.kind !== 'call') {
    return false;
  }
  const name = facts.nameOf(value.func) ?? '';
  const method = value.func.kind === 'attribute' ? value.func.attr : '';
  return (
    /^torch\.(?:std|norm|linalg\.(?:norm|vector_norm))$/.test(name) ||
    (/^(?:std|norm)$/.test(method) && !/^(?:numpy|math|statistics)\b/.test(name))
  );
}

function unguarded(facts: PythonFacts, call: CallExpr): UnguardedCall | null {
  const { func } = call;
  const name = facts.nameOf(func) ?? '';
  const torch = /^(?:torch|jax\.numpy|tensorflow(?:\.math)?)\.(log|log2|log10|sqrt|rsqrt)$/.exec(name)?.[1];
  const first = call.args[0];
  if (torch !== undefined) {
    return first === undefined || first.star !== 0 ? null : judge(facts, call, first.value, torch);
  }
  if (
    func.kind === 'attribute' &&
    /^(?:log|log2|log10|sqrt|rsqrt)$/.test(func.attr) &&
    call.args.length === 0
  ) {
    return judge(facts, call, func.object, func.attr);
  }
  return null;
}

function judge(facts: PythonFacts, call: CallExpr, argument: Expr, name: string): UnguardedCall | null {
  const text = facts.textOf(facts.rangeOf(argument));
  const guarded =
    /eps|tiny|\de-\d|clamp|clip\(|maximum|softplus|\bexp\(|\.exp\(|\.grad\b|tensor\(|arange|linspace/i.test(
      text,
    );
  const positiveSum =
    argument.kind === 'binary' &&
    argument.op === '+' &&
    (isPositive(argument.left) || isPositive(argument.right));
  if (guarded || positiveSum || !/[A-Za-z_]/.test(text)) {
    return null;
  }
  return { call, argument, function: name.includes('sqrt') ? 'sqrt' : 'log' };
}

function isPositive(expr: Expr): boolean {
  return expr.kind === 'number' && expr.value > 0;
}

/** Adds a small constant to the argument of every unguarded logarithm and root on the way to the loss. */
export function addEps(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const all = unguardedCalls(facts);
  const { line } = target;
  const calls = line === null ? all : all.filter(({ call }) => facts.rangeOf(call).line === line);
  if (calls.length === 0) {
    const divisors = unguardedDivisors(facts).filter(
      (one) => line === null || facts.rangeOf(one).line === line,
    );
    const guards = divisors.flatMap((one) => {
      const range = facts.rangeOf(one);
      return [prependTo(range, '('), appendTo(range, ` + ${LOG_EPS})`)];
    });
    return fixOf(facts, 'eps', 'Keep the divisor away from zero', 'unsafe', guards);
  }
  const edits = calls.flatMap((one) => guard(facts, one));
  const functions = [...new Set(calls.map((one) => one.function))].join(' and ');
  return fixOf(facts, 'eps', `Keep the argument of ${functions} away from zero`, 'unsafe', edits);
}

/** Adds the constant inside one call, in `f(x)` as in `x.f()`. */
export function guard(
  facts: PythonFacts,
  { call, argument, function: name }: UnguardedCall,
): readonly TextEdit[] {
  const eps = name === 'log' ? LOG_EPS : ROOT_EPS;
  const range = facts.rangeOf(argument);
  const isMethod = call.func.kind === 'attribute' && call.func.object === argument;
  const binds = argument.kind === 'binary' && !/^[-+*/@%]$|^\/\/$|^\*\*$/.test(argument.op);
  const loose =
    binds || argument.kind === 'conditional' || argument.kind === 'lambda' || argument.kind === 'compare';
  if (isMethod) {
    const wrapped = facts.text[argument.start - 1] === '(' && facts.text[argument.end] === ')';
    return wrapped && !loose
      ? [appendTo(range, ` + ${eps}`)]
      : [prependTo(range, '('), appendTo(range, ` + ${eps})`)];
  }
  return loose ? [prependTo(range, '('), appendTo(range, `) + ${eps}`)] : [appendTo(range, ` + ${eps}`)];
}
