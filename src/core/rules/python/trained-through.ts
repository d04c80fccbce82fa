import type { FunctionFact, PythonFacts } from '../../python/facts';
import type { Expr } from '../../python/syntax/ast';

/**
 * Is an expression in code that gradients flow through: a training loop, a method of a module, or a function that by its name
 * or use computes a loss or a step? Tests, metrics and code under no_grad are not.
 */
export function isTrainedThrough(facts: PythonFacts, at: Expr, depth = 0): boolean {
  const { line } = facts.rangeOf(at);
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
  return (
    isModule ||
    /loss|forward|step|objective|criterion|energy/i.test(inner.name) ||
    givesLoss(facts, inner.name) ||
    facts.source
      .callsNamed(inner.name)
      .some((one) => one.call !== at && depth < MOST_HELPERS && isTrainedThrough(facts, one.call, depth + 1))
  );
}

/** Helpers of helpers followed up to what a loop calls. */
const MOST_HELPERS = 3;

/** Does a training loop go backward from what a function returned: `loss = contrastive(a, b)`, `loss.backward()`? */
function givesLoss(facts: PythonFacts, name: string): boolean {
  const subjects = new Set(
    facts.loops.flatMap(({ events }) =>
      events.filter(({ kind }) => kind === 'backward').map(({ subject }) => subject),
    ),
  );
  return facts.calls.some(({ call, stmt }) => {
    const [target] = stmt.kind === 'assign' && stmt.value === call ? stmt.targets : [];
    const { func } = call;
    const called = func.kind === 'name' ? func.id : func.kind === 'attribute' ? func.attr : null;
    return target !== undefined && called === name && subjects.has(facts.textOf(facts.rangeOf(target)));
  });
}

/** A function's decorators and first lines. */
function headOf(facts: PythonFacts, { range }: FunctionFact): string {
  return facts.textOf({ ...range, endLine: Math.min(range.endLine, range.line + 3), endColumn: 1 });
}
