import type { PythonFacts, TrainingLoop } from '../../python/facts';
import type { AssignStmt } from '../../python/syntax/ast';
import { childBlocks } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextRange } from '../../text';
import { fixOf, insertBefore, removeStatement } from './place';
import { isAdaptive, momentumOf } from './rates';

/** A model or an optimizer that each turn of a training loop makes anew. */
export interface MadeAnew {
  readonly range: TextRange;
  readonly what: 'model' | 'optimizer';
  readonly name: string;
  readonly statement: AssignStmt;
  readonly loop: TrainingLoop;
}

/** What a loop that steps makes anew right in its body, and then trains by one step. */
export function madeAnew(facts: PythonFacts): readonly MadeAnew[] {
  return facts.loops.flatMap((loop) => {
    const steps = loop.events.filter(({ kind, byHand }) => kind === 'step' && byHand === undefined);
    const isOneStep = [...steps, ...loop.events.filter(({ kind }) => kind === 'backward')].every(
      ({ branches }) => !branches.some(({ kind }) => kind === 'loop'),
    );
    const body = loop.kind !== 'loop' || !isOneStep ? [] : bodyOf(facts, loop);
    const made = body.flatMap((statement): readonly MadeAnew[] => {
      const [target, another] = statement.kind === 'assign' ? statement.targets : [];
      if (
        statement.kind !== 'assign' ||
        target === undefined ||
        another !== undefined ||
        statement.value?.kind !== 'call'
      ) {
        return [];
      }
      const name = facts.textOf(facts.rangeOf(target));
      const type = facts.nameOf(statement.value.func) ?? '';
      const isModel = name === loop.model && facts.models.some((one) => one.name === name);
      const isOptimizer =
        /^torch\.optim\.(?!lr_scheduler)/.test(type) && steps.some(({ subject }) => subject === name);
      return isModel || isOptimizer
        ? [
            {
              range: facts.rangeOf(statement),
              what: isModel ? 'model' : 'optimizer',
              name,
              statement,
              loop,
            },
          ]
        : [];
    });
    // A model with an optimizer of its own in each turn is a trial of one step: of many settings, or of many seeds.
    return made.some(({ what }) => what === 'model') && made.some(({ what }) => what === 'optimizer')
      ? []
      : made.filter(({ what, range }) => what === 'model' || remembers(facts, loop, range.line));
  });
}

/** Does the optimizer made on a line keep anything from step to step, of a model that stays? Plain SGD made anew is the same as before. */
function remembers(facts: PythonFacts, { range }: TrainingLoop, line: number): boolean {
  return facts.optimizers.some((one) => {
    const owner = one.model?.split('.')[0] ?? null;
    const isOfLoop =
      owner !== null &&
      new RegExp(`(?:\\bfor\\b[^:]*|^\\s*)\\b${owner}\\b\\s*(?:=(?!=)|,|\\bin\\b)`, 'm').test(
        facts.textOf({ ...range, endLine: line, endColumn: 1 }),
      );
    return (
      one.statement.range.line === line &&
      owner !== null &&
      !isOfLoop &&
      (isAdaptive(one) || momentumOf(one) > 0)
    );
  });
}

function bodyOf(facts: PythonFacts, loop: TrainingLoop) {
  const stmt = facts.source
    .statements()
    .find(
      (one) => (one.kind === 'for' || one.kind === 'while') && facts.rangeOf(one).line === loop.range.line,
    );
  return stmt === undefined ? [] : (childBlocks(stmt)[0] ?? []);
}

/** Makes it once, before the loop. */
export function buildOnce(facts: PythonFacts): readonly Fix[] {
  return madeAnew(facts).flatMap(({ statement, name, loop }) => {
    const around = facts.source
      .statements()
      .find(
        (one) => (one.kind === 'for' || one.kind === 'while') && facts.rangeOf(one).line === loop.range.line,
      );
    const own = facts.statementOf(statement);
    if (around === undefined || own.range.line !== own.range.endLine) {
      return [];
    }
    return fixOf(facts, 'build-once', `Make ${name} once, before the loop`, 'unsafe', [
      insertBefore(facts, facts.statementOf(around), [facts.textOf(own.range)]),
      removeStatement(facts, own),
    ]);
  });
}
