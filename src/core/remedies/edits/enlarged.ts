import type { InitFact, PythonFacts, StatementFact } from '../../python/facts';
import { numberPlace } from '../../python/literals';
import type { Expr, Stmt } from '../../python/syntax/ast';
import { childBlocks } from '../../python/syntax/walk';
import { reaches } from './initialise';
import type { ModelView } from './model';

/** Weights that a scheme has given a size that keeps the signal's, and that are multiplied afterwards. */
export interface Enlarged {
  /** The factor as written. */
  readonly text: string;
  readonly statement: StatementFact;
}

/** The largest gain in use, tanh's: a scheme's weights times more than this enlarge what passes whatever the activation. */
const LARGEST_GAIN = 5 / 3;

/** `nn.init.kaiming_normal_(m.weight)` and, further on in the same block, `m.weight.data *= 2.0` or `m.weight.data.mul_(2.0)`. */
export function enlargedWeights(facts: PythonFacts, model: ModelView): readonly Enlarged[] {
  const inits = facts.inits.filter(
    (init) => /^(?:kaiming|xavier|orthogonal)$/.test(init.kind) && reaches(init, model),
  );
  return inits.length === 0 ? [] : inBlock(facts, facts.body, inits);
}

function inBlock(facts: PythonFacts, body: readonly Stmt[], inits: readonly InitFact[]): readonly Enlarged[] {
  facts.source.work.spend(body.length);
  const drawn = new Set<string>();
  return body.flatMap((stmt) => {
    const line = facts.rangeOf(stmt).line;
    const scaled = scaledBy(stmt);
    const place = scaled === null ? null : numberPlace(facts.source, scaled.by);
    const isDrawn = scaled !== null && drawn.has(tensorText(facts, scaled.tensor));
    for (const init of inits.filter(({ statement }) => statement.range.line === line)) {
      drawn.add(init.target.replace(/\.data$/, ''));
    }
    return isDrawn && place !== null && place.value > LARGEST_GAIN
      ? [{ text: place.text, statement: facts.statementOf(stmt) }]
      : childBlocks(stmt).flatMap((block) => inBlock(facts, block, inits));
  });
}

function scaledBy(stmt: Stmt): { readonly tensor: Expr; readonly by: Expr } | null {
  if (stmt.kind === 'augmented') {
    return stmt.op === '*=' ? { tensor: stmt.target, by: stmt.value } : null;
  }
  const call = stmt.kind === 'expr' ? stmt.value : null;
  const by = call?.kind === 'call' ? call.args[0]?.value : undefined;
  return call?.kind === 'call' &&
    call.func.kind === 'attribute' &&
    call.func.attr === 'mul_' &&
    by !== undefined
    ? { tensor: call.func.object, by }
    : null;
}

function tensorText(facts: PythonFacts, tensor: Expr): string {
  return facts.textOf(facts.rangeOf(tensor)).replace(/\.data$/, '');
}
