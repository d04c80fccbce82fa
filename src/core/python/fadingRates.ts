import type { TextRange } from '../text';
import { lengthOf } from './arithmetic';
import { argumentOf } from './definitions';
import type { LiteralPlace, PythonFacts } from './facts';
import { numberPlace } from './literals';
import { type RateFormula, rateFactor, rateFormula } from './rateFormula';
import type { CallExpr } from './syntax/ast';
import { stepsOfRun } from './warmUp';

/** A schedule that takes the learning rate next to zero long before the run ends. */
export interface FadingRate {
  /** The name that it is kept under. */
  readonly subject: string;
  readonly call: TextRange;
  /** Part of the first rate that is left after `steps`. */
  readonly left: number;
  readonly steps: number;
  /** Steps of the run; null where the code does not say. */
  readonly run: number | null;
  /** What makes it slower: the factor of each step of the schedule, or the formula. */
  readonly gamma: LiteralPlace | null;
  /** Steps between two of its factors. */
  readonly every: number;
  readonly formula: TextRange | null;
  /** Number of steps that the schedule takes; null where it has none, or takes the usual one. */
  readonly length: LiteralPlace | null;
  /** What is appended to the constructor's arguments to give it one; null where it has one, or none. */
  readonly lengthName: string | null;
}

/** A thousandth of the rate moves nothing any more that the rate itself took long to move. */
const NOTHING_LEFT = 1e-3;
/** Most of the run is wasted where nothing is left after this part of it. */
const EARLY = 1 / 3;
/** Steps that a run has at least, where the code does not say how many: the schedule is stepped with each batch. */
const FEWEST_STEPS = 100;

/** Schedules stepped with every step of the optimizer whose numbers are known and leave nothing of the rate early in the run. */
export function fadingRates(facts: PythonFacts): readonly FadingRate[] {
  if (!facts.source.mentions(/(?:Exponential|Step|Lambda|Polynomial|Linear|Multiplicative)LR/)) {
    return [];
  }
  return facts.calls.flatMap(({ call, stmt }) => {
    const type =
      /^torch\.optim\.lr_scheduler\.(ExponentialLR|StepLR|LambdaLR|PolynomialLR|LinearLR|MultiStepLR|MultiplicativeLR)$/.exec(
        facts.nameOf(call.func) ?? '',
      )?.[1];
    const [target, another] = stmt.kind === 'assign' && stmt.value === call ? stmt.targets : [];
    if (type === undefined || target === undefined || another !== undefined) {
      return [];
    }
    const subject = facts.textOf(facts.rangeOf(target));
    const stepped = steppedEachTime(facts, subject);
    const schedule = factorsOf(facts, call, type);
    const run =
      stepped === 'all' ? stepsOfRun(facts) : stepped === 'some' ? null : stepsOfSchedule(facts, subject);
    if (stepped === null && run === null) {
      return [];
    }
    const steps = run === null ? FEWEST_STEPS : Math.floor(run * EARLY);
    const left = schedule?.at(steps) ?? null;
    // From there on too: a rate that comes back is a schedule with restarts.
    const later = schedule?.at(run ?? 2 * FEWEST_STEPS) ?? null;
    return schedule === null || left === null || later === null || !(left < NOTHING_LEFT) || !(later <= left)
      ? []
      : [
          {
            subject,
            call: facts.rangeOf(call),
            left: Math.max(0, left),
            steps,
            run,
            gamma: schedule.gamma,
            every: schedule.every,
            formula: schedule.formula === null ? null : facts.rangeOf(schedule.formula.body),
            length: schedule.length ?? null,
            lengthName: schedule.lengthName ?? null,
          },
        ];
  });
}

/** Is a schedule stepped once for every step of an optimizer: in all passes, or in some, as with accumulated gradients? Null: it is not. */
function steppedEachTime(facts: PythonFacts, subject: string): 'all' | 'some' | null {
  for (const { kind, events } of facts.loops) {
    const trains = kind === 'loop' && events.some((one) => one.kind === 'backward');
    const event = trains
      ? events.find((one) => one.kind === 'scheduler-step' && one.subject === subject)
      : undefined;
    if (event?.branches.length === 0) {
      return 'all';
    }
    const tests = event?.branches.map(({ kind: fork, test }) => `${fork} ${test}`).join();
    const isBeside = events.some(
      (one) =>
        one.kind === 'step' &&
        one.branches.map(({ kind: fork, test }) => `${fork} ${test}`).join() === tests &&
        one.branches.every(({ kind: fork }) => fork !== 'loop'),
    );
    if (event !== undefined && isBeside) {
      return 'some';
    }
  }
  return null;
}

/** How often a schedule is stepped in the only place where it is, where all loops around that count to known numbers. */
function stepsOfSchedule({ source, textOf, rangeOf }: PythonFacts, subject: string): number | null {
  const [only, another] = source
    .callsNamed('step')
    .filter(({ call: { func } }) => func.kind === 'attribute' && textOf(rangeOf(func.object)) === subject);
  if (only === undefined || another !== undefined) {
    return null;
  }
  const around = source
    .statements()
    .filter(({ start, end, kind }) => start < only.stmt.start && only.stmt.end <= end && kind !== 'with');
  const own = around.slice(around.findLastIndex(({ kind }) => kind === 'function' || kind === 'class') + 1);
  const times = own.map((stmt) => (stmt.kind === 'for' ? lengthOf(source, stmt.iter) : null));
  return times.length === 0 || times.includes(null)
    ? null
    : times.reduce<number>((all, one) => all * (one ?? 1), 1);
}

interface Factors {
  at(step: number): number | null;
  readonly gamma: LiteralPlace | null;
  readonly every: number;
  readonly formula: RateFormula | null;
  readonly length?: LiteralPlace | null;
  readonly lengthName?: string | null;
}

/** `gamma` of `StepLR` where none is given. */
const DEFAULT_GAMMA = 0.1;

function factorsOf(facts: PythonFacts, call: CallExpr, type: string): Factors | null {
  const number = (name: string, position: number): LiteralPlace | null => {
    const given = argumentOf(call, name, position);
    return given === null ? null : numberPlace(facts.source, given);
  };
  if (type === 'LambdaLR') {
    const given = argumentOf(call, 'lr_lambda', 1);
    const formula = given === null ? null : rateFormula(facts, given);
    return formula === null
      ? null
      : { at: (step) => rateFactor(facts, formula, step), gamma: null, every: 1, formula };
  }
  if (type === 'PolynomialLR' || type === 'LinearLR') {
    return fallingLine(facts, call, type);
  }
  if (type === 'MultiStepLR') {
    return milestones(facts, call, number('gamma', 2)?.value ?? DEFAULT_GAMMA);
  }
  if (type === 'MultiplicativeLR') {
    const given = argumentOf(call, 'lr_lambda', 1);
    const gamma = given?.kind === 'lambda' ? numberPlace(facts.source, given.body) : null;
    const factor = gamma?.value ?? Number.NaN;
    return { at: (step) => factor ** step, gamma, every: 1, formula: null };
  }
  const gamma = number('gamma', type === 'StepLR' ? 2 : 1);
  const every = type === 'StepLR' ? (number('step_size', 1)?.value ?? Number.NaN) : 1;
  const isGiven = argumentOf(call, 'gamma', type === 'StepLR' ? 2 : 1) !== null;
  const factor = gamma?.value ?? (isGiven || type !== 'StepLR' ? Number.NaN : DEFAULT_GAMMA);
  return { at: (step) => factor ** Math.floor(step / every), gamma, every, formula: null };
}

/** Steps of `PolynomialLR` and `LinearLR` where none are given. */
const DEFAULT_LENGTH = 5;

/** Schedules that reach their end after a number of steps and stay there. */
function fallingLine(facts: PythonFacts, call: CallExpr, type: string): Factors | null {
  const isLinear = type === 'LinearLR';
  const value = (name: string, position: number, usual: number): number => {
    const given = argumentOf(call, name, position);
    return given === null ? usual : (numberPlace(facts.source, given)?.value ?? Number.NaN);
  };
  const given = argumentOf(call, 'total_iters', isLinear ? 3 : 1);
  const length = given === null ? null : numberPlace(facts.source, given);
  const total = given === null ? DEFAULT_LENGTH : (length?.value ?? Number.NaN);
  const power = isLinear ? 1 : value('power', 2, 1);
  const [from, to] = isLinear ? [value('start_factor', 1, 1 / 3), value('end_factor', 2, 1)] : [1, 0];
  return {
    at: (step) => {
      const factor = to + (from - to) * (1 - Math.min(1, step / total)) ** power;
      return Number.isNaN(factor) ? null : factor;
    },
    gamma: null,
    every: 1,
    formula: null,
    length,
    lengthName: given === null ? 'total_iters' : null,
  };
}

function milestones(facts: PythonFacts, call: CallExpr, gamma: number): Factors | null {
  const given = argumentOf(call, 'milestones', 1);
  const steps =
    given?.kind === 'list' || given?.kind === 'tuple'
      ? given.items.map((item) => numberPlace(facts.source, item)?.value ?? Number.NaN)
      : [];
  return steps.length === 0 || steps.some(Number.isNaN)
    ? null
    : {
        at: (step) => gamma ** steps.filter((one) => one <= step).length,
        gamma: null,
        every: 1,
        formula: null,
      };
}
