import type { TextRange } from '../text';
import { evaluate } from './arithmetic';
import { argumentOf } from './definitions';
import type { LiteralPlace, PythonFacts } from './facts';
import { type RateFormula, rateFactor, rateFormula } from './rateFormula';
import type { CallExpr, Stmt } from './syntax/ast';
import { eachExpression } from './syntax/walk';
import { stepsOfRun } from './warmUp';

/** A schedule of a formula that ends far above the rate it begins with: a sweep over learning rates, run as training. */
export interface SweptRate {
  readonly call: TextRange;
  /** The formula of the factor. */
  readonly formula: TextRange;
  /** Times the first rate that it reaches, and after how many steps. */
  readonly factor: number;
  readonly steps: number;
  /** The rate of its optimizer. */
  readonly rate: LiteralPlace;
  /** Type of its optimizer: `torch.optim.Adam`. */
  readonly optimizer: string;
}

/** A factor below this is a choice: a warm-up from a tenth of the rate, a large batch. */
const FAR_UP = 10;
/** Where the formula is looked at, as shares of the run: it has to climb all the way. */
const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** Schedules by a formula, a lambda or a function of one line, that climb to the end of the run and far above the rate given. */
export function sweptRates(facts: PythonFacts): readonly SweptRate[] {
  if (!facts.source.mentions(/LambdaLR/)) {
    return [];
  }
  return facts.calls.flatMap(({ call, stmt }) => {
    if (facts.nameOf(call.func) !== 'torch.optim.lr_scheduler.LambdaLR') {
      return [];
    }
    const given = argumentOf(call, 'lr_lambda', 1);
    const subject = argumentOf(call, 'optimizer', 0);
    const name = subject === null ? null : facts.textOf(facts.rangeOf(subject));
    const [optimizer, another] = facts.optimizers.filter((one) => one.name === name);
    const formula = given === null ? null : rateFormula(facts, given);
    const rate = optimizer?.groupRates.length === 0 ? optimizer.lr : null;
    if (formula === null || rate === null || optimizer === undefined || another !== undefined) {
      return [];
    }
    const kept = keptAs(facts, call, stmt);
    const steps = (kept === null ? null : stepsTaken(facts, kept)) ?? lengthIn(facts, formula);
    const factor = steps === null ? null : reached(facts, formula, steps);
    return steps === null || factor === null
      ? []
      : [
          {
            call: facts.rangeOf(call),
            formula: facts.rangeOf(formula.body),
            factor,
            steps,
            rate,
            optimizer: optimizer.type,
          },
        ];
  });
}

/** The variable that holds a schedule: of its assignment, or of the only call of the function that returns it. */
function keptAs(facts: PythonFacts, call: CallExpr, stmt: Stmt): string | null {
  if (stmt.kind === 'return' && stmt.value === call) {
    const [only, another] = facts.source.callsOf(facts.source.scopeAt(stmt.start));
    return only === undefined || another !== undefined ? null : keptAs(facts, only.call, only.stmt);
  }
  const [target] = stmt.kind === 'assign' && stmt.value === call ? stmt.targets : [];
  return target === undefined ? null : facts.textOf(facts.rangeOf(target));
}

/** Steps of the run, where its only loop steps the schedule. */
function stepsTaken(facts: PythonFacts, schedule: string): number | null {
  const inLoop = facts.source.callsNamed('step').some(({ call }) => {
    const { line } = facts.rangeOf(call);
    return (
      call.func.kind === 'attribute' &&
      facts.textOf(facts.rangeOf(call.func.object)) === schedule &&
      facts.loops.some(({ kind, range }) => kind === 'loop' && range.line <= line && line <= range.endLine)
    );
  });
  return inLoop ? stepsOfRun(facts) : null;
}

/** The number of steps that the formula itself divides by. */
function lengthIn(facts: PythonFacts, { param, body }: RateFormula): number | null {
  let found: number | null = null;
  eachExpression({ kind: 'expr', value: body, start: body.start, end: body.end }, (expr) => {
    if (expr.kind === 'binary' && expr.op === '/' && expr.left.kind === 'name' && expr.left.id === param) {
      found ??= evaluate(facts.source, expr.right);
    }
  });
  return found;
}

/** The factor at the end, where it is far up and the formula climbs all the way to it. */
function reached(facts: PythonFacts, formula: RateFormula, steps: number): number | null {
  const values: number[] = [];
  for (const share of SHARES) {
    const value = rateFactor(facts, formula, share * steps);
    if (value === null || !Number.isFinite(value) || value <= (values.at(-1) ?? Number.NEGATIVE_INFINITY)) {
      return null;
    }
    values.push(value);
  }
  const last = values.at(-1) ?? 0;
  return last >= FAR_UP ? last : null;
}
