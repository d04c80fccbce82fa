import type { RunFacts } from '../../../run/facts';
import { say } from '../incident';

/** How the loss went, as evidence. */
export function lossEvidence(facts: RunFacts): Readonly<Record<string, number>> {
  return facts.progress === null ? {} : { lossStart: facts.progress.start, lossEnd: facts.progress.end };
}

/** How the loss went, as the end of a sentence. */
export function sayLoss(facts: RunFacts): string {
  const { progress } = facts;
  if (progress === null || progress.verdict === 'unknown') {
    return '';
  }
  const numbers = `${say(progress.start)} to ${say(progress.end)}`;
  return progress.verdict === 'stuck'
    ? `, and the loss does not improve (${numbers})`
    : `; the loss went from ${numbers}`;
}
