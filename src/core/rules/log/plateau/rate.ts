import type { RunFacts } from '../../../run/facts';
import { highestValue } from '../../../run/stretches';

/** Rates of fine-tuning, where a gain of 0 to 20 % is usual: the model starts near its floor. */
const FINE_TUNING_RATE = 5e-4;
/**
 * UMLAUT's upper limit of a rate. A gain of 10 to 20 % may also be all there is to gain (noisy labels): only at such a
 * rate is coming to rest there a symptom.
 */
export const SUSPECT_RATE = 0.01;

export function isFineTuning(facts: RunFacts): boolean {
  const highest = highestRate(facts);
  return highest > 0 && highest <= FINE_TUNING_RATE;
}

/** 0 when none is logged. */
export function highestRate(facts: RunFacts): number {
  if (facts.lrCurve === null) {
    return 0;
  }
  const { highest, hasNaN } = highestValue.of(facts.lrCurve);
  return hasNaN ? Number.NaN : Math.max(0, highest);
}
