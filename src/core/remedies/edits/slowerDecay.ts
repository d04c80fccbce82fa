import type { PythonFacts } from '../../python/facts';
import { type FadingRate, fadingRates } from '../../python/fadingRates';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import { appendTo, fixOf, prependTo, replace } from './place';
import { schedulesPerBatch } from './scheduleStep';

/** Part of the rate that a usual schedule leaves at the end of a run. */
const LEFT_AT_END = 0.1;
/** Steps of a run whose length the code does not tell. */
const USUAL_STEPS = 1000;

/** Schedules that fade early, but for those of epochs that batches step, which have a rule and a fix of their own. */
export function ownFadingRates(facts: PythonFacts): readonly FadingRate[] {
  const fading = fadingRates(facts);
  const perBatch =
    fading.length === 0
      ? []
      : schedulesPerBatch(facts).flatMap(({ subject, left }) => (left === null ? [] : [subject]));
  return fading.filter(({ subject, formula }) => formula !== null || !perBatch.includes(subject));
}

/** Lets each schedule that fades early take the whole run to come to a tenth of the rate. */
export function slowerDecay(facts: PythonFacts): readonly Fix[] {
  return ownFadingRates(facts).flatMap((fading) => {
    const edits = editsOf(fading);
    return edits.length === 0
      ? []
      : fixOf(
          facts,
          'slower-decay',
          'Let the learning rate fall to a tenth over the whole run',
          'unsafe',
          edits,
        );
  });
}

function editsOf({ gamma, every, run, formula, length, lengthName, call }: FadingRate): readonly TextEdit[] {
  const whole = String(run ?? USUAL_STEPS);
  if (length !== null) {
    return [replace(length.range, whole)];
  }
  if (lengthName !== null) {
    // Before the closing bracket of the call.
    const end = { ...call, line: call.endLine, column: call.endColumn - 1, endColumn: call.endColumn - 1 };
    return [replace(end, `, ${lengthName}=${whole}`)];
  }
  if (formula !== null) {
    return [prependTo(formula, `max(${LEFT_AT_END}, `), appendTo(formula, ')')];
  }
  const times = (run ?? USUAL_STEPS) / every;
  const slower = Number((LEFT_AT_END ** (1 / Math.max(1, times))).toFixed(5));
  return gamma === null || !(slower < 1) ? [] : [replace(gamma.range, String(slower))];
}
