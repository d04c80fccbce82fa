import type { FunctionFact, PythonFacts } from '../../python/facts';
import type { CallExpr } from '../../python/syntax/ast';

/**
 * Is a call in code that gradients flow through: a training loop, a method of a module, or a function that by its name
 * computes a loss or a step? Tests, metrics and code under no_grad are not.
 */
export function isTrainedThrough(facts: PythonFacts, call: CallExpr): boolean {
  const { line } = facts.rangeOf(call);
  const holds = ({ range }: Pick<FunctionFact, 'range'>): boolean =>
    range.line <= line && line <= range.endLine;
  if (facts.loops.some(({ kind, range }) => kind === 'loop' && range.line <= line && line <= range.endLine)) {
    return true;
  }
  const owner = facts.classes.filter(holds).at(-1);
  const inner = [...(owner?.methods ?? []), ...facts.functions].filter(holds).at(-1);
  if (
    inner === undefined ||
    /test/i.test(inner.name) ||
    /no_grad|inference_mode/.test(headOf(facts, inner))
  ) {
    return false;
  }
  const isModule = owner !== undefined && owner.kind !== 'other';
  return isModule || /loss|forward|step|objective|criterion|energy/i.test(inner.name);
}

/** A function's decorators and first lines. */
function headOf(facts: PythonFacts, { range }: FunctionFact): string {
  return facts.textOf({ ...range, endLine: Math.min(range.endLine, range.line + 3), endColumn: 1 });
}
