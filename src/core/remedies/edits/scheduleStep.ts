import { argumentOf } from '../../python/definitions';
import type { PythonFacts } from '../../python/facts';
import { numberPlace } from '../../python/literals';
import type { CallExpr, Stmt } from '../../python/syntax/ast';
import { childBlocks } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextRange } from '../../text';
import { callsOf } from './calls';
import { fixOf, insertAfter, removeStatement, replace } from './place';

/** Schedules that PyTorch's documentation steps once an epoch. Those made for every batch (OneCycleLR, CyclicLR) and those of a formula of one's own are left alone. */
const PER_EPOCH =
  /(?:^|\.)lr_scheduler\.(?:ExponentialLR|StepLR|MultiStepLR|CosineAnnealingLR|LinearLR|PolynomialLR|MultiplicativeLR|ReduceLROnPlateau)$/;

type Loop = Extract<Stmt, { kind: 'for' }>;

/** A schedule's step that runs once a batch: directly in the body of a loop that stands directly in another. */
interface StepPerBatch {
  /** What is stepped, as written. */
  readonly subject: string;
  readonly statement: Stmt;
  readonly batches: Loop;
  /** Of the call. */
  readonly range: TextRange;
  /** Part of the rate that is left after some steps; null where the schedule's numbers are not known, or it is none that only falls. */
  readonly left: ((steps: number) => number) | null;
}

/** Steps of schedules that count epochs, taken once a batch. */
export function schedulesPerBatch(facts: PythonFacts): readonly StepPerBatch[] {
  const made = new Map(callsOf(facts, PER_EPOCH).map((call) => [subjectOf(facts, call), call]));
  const found: StepPerBatch[] = [];
  const visit = (body: readonly Stmt[], batches: Loop | null, inLoop: boolean): void => {
    for (const statement of body) {
      if (batches !== null && statement.kind === 'expr' && statement.value.kind === 'call') {
        const { func, args } = statement.value;
        const subject = func.kind === 'attribute' ? facts.textOf(facts.rangeOf(func.object)) : '';
        const call = made.get(subject);
        const wanted = call !== undefined && isPlateau(facts, call) ? 1 : 0;
        if (
          func.kind === 'attribute' &&
          func.attr === 'step' &&
          args.length === wanted &&
          call !== undefined
        ) {
          const left = decayOf(facts, call);
          found.push({ subject, statement, batches, range: facts.rangeOf(statement.value), left });
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

function isPlateau(facts: PythonFacts, call: CallExpr): boolean {
  return /\.ReduceLROnPlateau$/.test(facts.nameOf(call.func) ?? '');
}

/** `patience` and `factor` of `ReduceLROnPlateau` where none are given. */
const DEFAULT_PATIENCE = 10;
const DEFAULT_FACTOR = 0.1;
/** Of n batches that scatter alike the best one so far is as likely any: after this many times the patience new ones are rare. */
const RARE = 3;

/** What a schedule of known numbers leaves of the rate. */
function decayOf(facts: PythonFacts, call: CallExpr): StepPerBatch['left'] {
  const type = (facts.nameOf(call.func) ?? '').replace(/^.*\./, '');
  const number = (name: string, position: number): number | null => {
    const given = argumentOf(call, name, position);
    return given === null ? null : (numberPlace(facts.source, given)?.value ?? Number.NaN);
  };
  if (type === 'ReduceLROnPlateau') {
    const [factor, patience] = [
      number('factor', 2) ?? DEFAULT_FACTOR,
      number('patience', 3) ?? DEFAULT_PATIENCE,
    ];
    return (steps) => factor ** Math.max(0, Math.floor((steps - RARE * patience) / (patience + 1)));
  }
  if (type === 'ExponentialLR') {
    const gamma = number('gamma', 1) ?? Number.NaN;
    return (steps) => gamma ** steps;
  }
  if (type === 'StepLR') {
    const [size, gamma] = [number('step_size', 1) ?? Number.NaN, number('gamma', 2) ?? DEFAULT_GAMMA];
    return (steps) => gamma ** Math.floor(steps / size);
  }
  return null;
}

/** `gamma` of `StepLR` where none is given. */
const DEFAULT_GAMMA = 0.1;

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
        : [removeStatement(facts, step), insertAfter(facts, loop, [facts.textOf(step.range)])],
    );
  });
}
