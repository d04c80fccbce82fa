import type { RunFacts } from '../../../run/facts';
import { roleOf } from '../../../run/factsNames';
import { nameOf } from '../../../run/profile';
import { fadedToZero } from '../dead/faded';
import { type Incident, say, sayNames, sayWhen } from '../incident';
import { lossEvidence, sayLoss } from './loss';
import { restedAtOnce } from './overDepth';

const FEWEST_ROWS = 3;
/** Of the rows of a layer: zeros that last. */
const ZERO_SHARE = 0.5;

/**
 * Layers at the input whose gradient is next to nothing beside all others in the first rows, and exactly zero soon after: units
 * that saturate let less and less through until it is below the least that a float holds. No unit of theirs died of a step.
 */
export function underflow(facts: RunFacts): Incident | null {
  const weights = facts.tracks.filter((track) => ['weight', 'unknown'].includes(roleOf(nameOf(track))));
  const alive = weights.findIndex(({ zerosUntilEnd }) => zerosUntilEnd === null);
  const gone = weights.slice(0, Math.max(0, alive));
  const [first] = gone;
  const isSo = gone.every(
    (track) =>
      track.firstNonzero !== null &&
      track.zeroRowsAtEnd >= Math.max(FEWEST_ROWS, ZERO_SHARE * track.count) &&
      fadedToZero(facts, track),
  );
  const severity = severityOf(facts);
  if (first === undefined || !isSo || severity === null || facts.decimals !== null) {
    return null;
  }
  const before = 10 ** Math.max(...first.level.filter((level) => !Number.isNaN(level)));
  const names = gone.map(nameOf);
  const next = weights[alive];
  const beside = 10 ** (next?.level.find((level) => !Number.isNaN(level)) ?? Number.NaN);
  return {
    severity,
    at: first.first,
    end: null,
    message:
      `Gradients vanish toward the input: ${sayNames(names)} got ${say(before)} at most, where ${nameOf(next)} gets ${say(beside)}, from ` +
      `${sayWhen(facts, first.first)} on, and exactly 0 soon after: the units behind are saturated, by inputs or weights that are too large${sayLoss(facts)}.`,
    evidence: { ratio: before / beside, firstNorm: before, lastNorm: beside, ...lossEvidence(facts) },
    remedies: ['xavier-init', 'batch-norm', 'relu', 'gelu'],
    parameters: names,
    series: weights.map((track) => track.series.id),
  };
}

function severityOf(facts: RunFacts): 'error' | 'warning' | null {
  switch (facts.progress?.verdict) {
    case 'stuck':
      return 'error';
    case 'little':
      return 'warning';
    case 'learning':
      return restedAtOnce(facts) ? 'warning' : null;
    default:
      return null;
  }
}
