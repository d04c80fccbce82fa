import type { PythonFacts } from '../../python/facts';
import { growingSchedules } from '../../python/schedules';
import { sweptRates } from '../../python/sweptRates';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import { appendTo, fixOf, prependTo, replace } from './place';
import { highRateOf } from './rates';

/** A schedule that makes the learning rate grow, and how that is ended. */
export interface GrowingRate {
  readonly call: TextRange;
  /** Clause behind "this schedule": "multiplies the learning rate by 1.1 again and again". */
  readonly what: string;
  /** Nothing ends it. */
  readonly unbounded: boolean;
  /** Factor of one step of the schedule, or of all where a formula gives it. */
  readonly factor: number;
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** Certain from the code alone: above any rate that is usual, or a warm-up, which is meant to end. */
  readonly isSure: boolean;
}

/**
 * Schedules whose factor the text gives and that make the rate grow: by a constant again and again, or by a formula to far
 * above the rate that the optimizer is given.
 */
export function growingRates(facts: PythonFacts): readonly GrowingRate[] {
  const constant = growingSchedules(facts).map(({ call, factor, value, often }): GrowingRate => {
    const lower = String(Number((1 / value).toPrecision(4)));
    return {
      call,
      what: `multiplies the learning rate by ${value} ${often}`,
      unbounded: often === 'again and again',
      factor: value,
      title: `Let the learning rate fall by ${lower} instead of growing`,
      edits: [replace(factor, lower)],
      isSure: true,
    };
  });
  const swept = sweptRates(facts)
    .filter(({ call }) => !constant.some((one) => one.call.line === call.line))
    .map(({ call, formula, factor, steps, rate, optimizer }): GrowingRate => {
      const [times, end] = [factor, factor * rate.value].map((value) => Number(value.toPrecision(2)));
      return {
        call,
        what: `raises the learning rate from ${rate.text} to ${end} in ${steps} steps`,
        unbounded: false,
        factor: times ?? factor,
        title: `Keep the learning rate from growing above ${rate.text}`,
        edits: [prependTo(formula, 'min(1.0, '), appendTo(formula, ')')],
        isSure: factor * rate.value > highRateOf(optimizer) || /warm/i.test(facts.textOf(formula)),
      };
    });
  return [...constant, ...swept];
}

/** A rate that grows outgrows any start: the schedule is what to change. */
export function boundSchedules(facts: PythonFacts): readonly Fix[] {
  return growingRates(facts).flatMap(({ title, edits }) => fixOf(facts, 'lower-lr', title, 'unsafe', edits));
}
