import type { TextRange } from '../text';
import type { LiteralPlace, PythonFacts } from './facts';
import { numberPlace } from './literals';
import type { CallExpr, Expr } from './syntax/ast';

/** A schedule that multiplies the learning rate by more than one again and again. */
export interface GrowingSchedule {
  readonly call: TextRange;
  /** The factor as written, for an edit. */
  readonly factor: TextRange;
  /** Above 1. */
  readonly value: number;
  /** When it does: at milestones there is an end to it. */
  readonly often: 'again and again' | 'at each milestone';
}

const SCHEDULER =
  /^torch\.optim\.lr_scheduler\.(ExponentialLR|StepLR|MultiStepLR|LambdaLR|MultiplicativeLR)$/;
/** Position of `gamma` in each constructor. */
const GAMMA_AT: Readonly<Record<string, number>> = { ExponentialLR: 1, StepLR: 2, MultiStepLR: 2 };

/** Schedules whose factor the text gives and that make the rate grow without bound. */
export function growingSchedules(facts: PythonFacts): readonly GrowingSchedule[] {
  if (!facts.source.mentions(/(?:Exponential|Step|Lambda|Multiplicative)LR/)) {
    return [];
  }
  return facts.calls.flatMap(({ call }) => {
    const type = SCHEDULER.exec(facts.nameOf(call.func) ?? '')?.[1];
    const factor = type === undefined ? null : factorOf(facts, call, type);
    return factor === null || !(factor.value > 1)
      ? []
      : [
          {
            call: facts.rangeOf(call),
            factor: factor.range,
            value: factor.value,
            often: type === 'MultiStepLR' ? 'at each milestone' : 'again and again',
          },
        ];
  });
}

function factorOf(facts: PythonFacts, call: CallExpr, type: string): LiteralPlace | null {
  const at = GAMMA_AT[type];
  const name = at === undefined ? 'lr_lambda' : 'gamma';
  const position = at ?? 1;
  const given = call.args[position];
  const argument =
    call.args.find((arg) => arg.name === name) ??
    (given?.name === null && given.star === 0 ? given : undefined);
  if (argument === undefined) {
    return null;
  }
  if (at !== undefined) {
    return numberOf(facts, argument.value);
  }
  const { value } = argument;
  const body = value.kind === 'lambda' ? value.body : null;
  if (body === null) {
    return null;
  }
  // LambdaLR gives the factor on the first rate (1.05 ** epoch), MultiplicativeLR that of one step to the next.
  return type === 'LambdaLR'
    ? body.kind === 'binary' && body.op === '**' && body.right.kind === 'name'
      ? numberOf(facts, body.left)
      : null
    : numberOf(facts, body);
}

function numberOf(facts: PythonFacts, expr: Expr): LiteralPlace | null {
  return numberPlace(facts.source, expr);
}
