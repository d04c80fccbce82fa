import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import type { Fix } from '../../rules/finding';
import { fixOf, replace } from './place';
import { visitTrained } from './trainingPath';

/** exp(20) is 5e8: far above any variance or weight that is meant, far below float32's limit of exp(88). */
const LARGEST_EXPONENT = '20.0';

/** An exponential of something that nothing bounds. */
export interface UnboundedExp {
  readonly call: CallExpr;
  readonly argument: Expr;
}

/** Exponentials on the way to the loss that a growing argument makes infinite. */
export function unboundedExps(facts: PythonFacts): readonly UnboundedExp[] {
  const found: UnboundedExp[] = [];
  visitTrained(facts, (expr) => {
    if (expr.kind !== 'call') {
      return;
    }
    const isMethod = expr.func.kind === 'attribute' && expr.func.attr === 'exp' && expr.args.length === 0;
    const argument = isMethod && expr.func.kind === 'attribute' ? expr.func.object : expr.args[0]?.value;
    const isExp = isMethod || facts.nameOf(expr.func) === 'torch.exp';
    if (isExp && argument !== undefined && mayGrow(facts, argument)) {
      found.push({ call: expr, argument });
    }
  });
  return found;
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

/** Bounds the exponent. */
export function clampExps(facts: PythonFacts): readonly Fix[] {
  const edits = unboundedExps(facts).map(({ argument }) => {
    const range = facts.rangeOf(argument);
    return replace(range, `${facts.textOf(range)}.clamp(max=${LARGEST_EXPONENT})`);
  });
  return fixOf(facts, 'clamp-exp', 'Bound the exponent so that exp stays finite', 'unsafe', edits);
}
