import type { PythonFacts, TrainingLoop } from '../facts';
import type { Expr, Stmt } from '../syntax/ast';

/** A variable that counts steps over the whole run: `step += 1` in the loop, or the loop's own range when nothing is around it. */
export function counterOf(facts: PythonFacts, loop: TrainingLoop): string | null {
  const inside = (stmt: Stmt) => {
    const range = facts.rangeOf(stmt);
    return loop.range.line <= range.line && range.endLine <= loop.range.endLine;
  };
  let counted: string | null = null;
  for (const stmt of facts.source.statements()) {
    if (!inside(stmt)) {
      continue;
    }
    if (
      stmt.kind === 'augmented' &&
      stmt.op === '+=' &&
      stmt.value.kind === 'number' &&
      stmt.value.value === 1
    ) {
      const name = facts.textOf(facts.rangeOf(stmt.target));
      if (/(?:^|[._])(?:steps?|iter(?:ation)?s?|it|global_step|n_iter|batches)$/i.test(name)) {
        counted ??= name;
      }
    }
  }
  return counted ?? ownCounter(facts, loop);
}

/** `for step in range(...)` and `for step, batch in enumerate(...)` count the run when no other loop is around. */
function ownCounter(facts: PythonFacts, loop: TrainingLoop): string | null {
  let around = 0;
  let counter: string | null = null;
  for (const stmt of facts.source.statements()) {
    const range = facts.rangeOf(stmt);
    if (
      (stmt.kind === 'for' || stmt.kind === 'while') &&
      range.line <= loop.range.line &&
      loop.range.endLine <= range.endLine
    ) {
      around++;
      counter = stmt.kind === 'for' ? counterName(stmt.target, stmt.iter) : null;
    }
  }
  return loop.kind === 'loop' && around === 1 ? counter : null;
}

function counterName(target: Expr, iter: Expr): string | null {
  const called = iter.kind === 'call' && iter.func.kind === 'name' ? iter.func.id : '';
  if (/^t?range$/.test(called) || called === 'trange') {
    return target.kind === 'name' && target.id !== '_' ? target.id : null;
  }
  const first = target.kind === 'tuple' ? target.items[0] : undefined;
  return called === 'enumerate' && first?.kind === 'name' ? first.id : null;
}
