import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import { fixOf, replace } from './place';
import { onTrainingPath } from './trainingPath';

/** Far below any score and within the range of half precision: its softmax is 0 beside anything else. */
const FINITE = '-1e4';

/** Scores set to minus infinity before a softmax, by a mask that may cover a whole row. */
export interface InfiniteMask {
  readonly call: CallExpr;
  readonly edit: TextEdit;
}

const INFINITY =
  /^(?:-\s*)?(?:float\(\s*["']\s*-?inf(?:inity)?\s*["']\s*\)|(?:torch|math|np|numpy)\.(?:inf|Inf|infty))$/i;
/** A causal mask always leaves the diagonal. */
const CAUSAL = /tril|triu|causal|subsequent|future|square/i;

/** Masks of minus infinity on the way to a softmax; a row that is masked altogether gives NaN there. */
export function infiniteMasks(facts: PythonFacts): readonly InfiniteMask[] {
  if (!facts.source.mentions(/softmax/i) || !facts.source.mentions(/masked_fill|\bwhere\(/)) {
    return [];
  }
  return onTrainingPath(facts, (expr) => {
    const parts = expr.kind === 'call' ? maskOf(facts, expr) : null;
    if (expr.kind !== 'call' || parts === null) {
      return null;
    }
    const { mask, value, scores } = parts;
    const text = (one: Expr): string => facts.textOf(facts.rangeOf(one));
    const given = text(value);
    const isNegative = given.startsWith('-') !== /["']\s*-/.test(given);
    const made = mask.kind === 'name' ? facts.valueOf(mask) : null;
    const isCausal = CAUSAL.test(text(mask)) || (made !== null && CAUSAL.test(text(made)));
    if (!INFINITY.test(given) || !isNegative || isCausal) {
      return null;
    }
    const finfo = facts.spell('torch.finfo');
    const simple = /^[\w.]+$/.test(text(scores));
    const finite = finfo !== null && simple ? `${finfo}(${text(scores)}.dtype).min` : FINITE;
    return { call: expr, edit: replace(facts.rangeOf(value), finite) };
  });
}

/** `scores.masked_fill(mask, value)` and `torch.where(mask, scores, value)`, in either order. */
function maskOf(
  facts: PythonFacts,
  { func, args }: CallExpr,
): { readonly mask: Expr; readonly value: Expr; readonly scores: Expr } | null {
  const [first, second, third] = args.map((arg) => arg.value);
  if (first === undefined || second === undefined) {
    return null;
  }
  if (func.kind === 'attribute' && /^masked_fill_?$/.test(func.attr) && args.length === 2) {
    return { mask: first, value: second, scores: func.object };
  }
  if (facts.nameOf(func) !== 'torch.where' || third === undefined) {
    return null;
  }
  const isInfinite = INFINITY.test(facts.textOf(facts.rangeOf(second)));
  return isInfinite
    ? { mask: first, value: second, scores: third }
    : { mask: first, value: third, scores: second };
}

/** Masks with a finite number in place of minus infinity. */
export function maskFinitely(facts: PythonFacts): readonly Fix[] {
  const edits = infiniteMasks(facts).map(({ edit }) => edit);
  return fixOf(facts, 'finite-mask', 'Mask with a finite number, not minus infinity', 'unsafe', edits);
}
