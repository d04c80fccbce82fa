import type { PythonFacts } from '../../python/facts';
import type { Stmt } from '../../python/syntax/ast';
import { childBlocks } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextRange } from '../../text';
import { callsOf } from './calls';
import { fixOf, insertAfter, removeStatement, replace } from './place';

/** Schedules that PyTorch's documentation steps once an epoch. Those made for every batch (OneCycleLR, CyclicLR) and those of a formula of one's own are left alone. */
const PER_EPOCH =
  /(?:^|\.)lr_scheduler\.(?:ExponentialLR|StepLR|MultiStepLR|CosineAnnealingLR|LinearLR|PolynomialLR|MultiplicativeLR)$/;

type Loop = Extract<Stmt, { kind: 'for' }>;

/** A schedule's step that runs once a batch: directly in the body of a loop that stands directly in another. */
interface StepPerBatch {
  /** What is stepped, as written. */
  readonly subject: string;
  readonly statement: Stmt;
  readonly batches: Loop;
  /** Of the call. */
  readonly range: TextRange;
}

/** Steps of schedules that count epochs, taken once a batch. */
export function schedulesPerBatch(facts: PythonFacts): readonly StepPerBatch[] {
  const made = new Set(callsOf(facts, PER_EPOCH).map((call) => subjectOf(facts, call)));
  const found: StepPerBatch[] = [];
  const visit = (body: readonly Stmt[], batches: Loop | null, inLoop: boolean): void => {
    for (const statement of body) {
      if (batches !== null && statement.kind === 'expr' && statement.value.kind === 'call') {
        const { func, args } = statement.value;
        const subject = func.kind === 'attribute' ? facts.textOf(facts.rangeOf(func.object)) : '';
        if (func.kind === 'attribute' && func.attr === 'step' && args.length === 0 && made.has(subject)) {
          found.push({ subject, statement, batches, range: facts.rangeOf(statement.value) });
        }
      }
      const isLoop = statement.kind === 'for';
      childBlocks(statement).forEach((block, at) => {
        const isBody = isLoop && at === 0;
        visit(block, isBody && inLoop ? statement : null, isBody);
      });
    }
  };
  visit(facts.body, null, false);
  return found;
}

/** The name that a schedule is kept under; empty where it is kept under none. */
function subjectOf(facts: PythonFacts, call: { readonly start: number; readonly end: number }): string {
  const stmt = facts.calls.find((one) => one.call.start === call.start && one.call.end === call.end)?.stmt;
  const [target, ...others] = stmt?.kind === 'assign' ? stmt.targets : [];
  return target === undefined || others.length > 0 ? '' : facts.textOf(facts.rangeOf(target));
}

/** Steps each schedule after the loop over the batches, once an epoch. */
export function stepOncePerEpoch(facts: PythonFacts): readonly Fix[] {
  return schedulesPerBatch(facts).flatMap(({ subject, statement, batches }) => {
    const [step, loop] = [facts.statementOf(statement), facts.statementOf(batches)];
    const isLast = batches.body[batches.body.length - 1] === statement;
    if (batches.orelse.length > 0 || !step.ownLines || batches.body.length === 1) {
      return [];
    }
    return fixOf(
      facts,
      'schedule-per-epoch',
      `Step ${subject} once an epoch, after the loop over the batches`,
      'unsafe',
      isLast
        ? // The last line of the loop becomes the first after it.
          [
            replace(
              { ...step.range, column: 1, endLine: step.range.line, endColumn: step.range.column },
              loop.indent,
            ),
          ]
        : [removeStatement(facts, step), insertAfter(facts, loop, [`${subject}.step()`])],
    );
  });
}
