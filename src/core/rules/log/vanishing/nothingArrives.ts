import type { RunFacts } from '../../../run/facts';
import { indexAtTime, momentOf } from '../../../run/factsTimeline';
import { nameOf } from '../../../run/profile';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';
import { lossEvidence, sayLoss } from './loss';

/**
 * Norm over loss, in decades. To first order a step at rate 1 changes the loss by the square of the norm: at a millionth of
 * the loss a thousand such steps stay below what float32 can tell. Both carry the units of the target, so their ratio has none.
 */
const NOTHING = -6;
const MOSTLY = 0.8;

/** The gradient of the whole model is nothing beside the loss, in every layer alike, and the loss does not move. */
export function nothingArrives(facts: RunFacts): Incident | null {
  const { norm, normLevels, lossLevels, progress, windows } = facts;
  if (norm === null || progress?.verdict !== 'stuck' || !(progress.end > 0)) {
    return null;
  }
  const isNothing = normLevels.map((level, w) =>
    level - Math.log10(lossLevels[w] ?? Number.NaN) <= NOTHING ? 1 : 0,
  );
  const known = normLevels.filter((level) => !Number.isNaN(level));
  const first = isNothing.indexOf(1);
  const since = isNothing
    .subarray(Math.max(0, first))
    .filter((_, i) => !Number.isNaN(normLevels[first + i] ?? 0));
  if (
    first < 0 ||
    known.length < 2 ||
    since.length < known.length / 2 ||
    sum(since) < MOSTLY * since.length
  ) {
    return null;
  }
  const level = 10 ** median(normLevels.subarray(first));
  const at = momentOf(norm, Math.min(norm.length - 1, indexAtTime(norm, windows[first] ?? 0)));
  return {
    severity: 'error',
    at,
    end: null,
    message:
      `Gradients vanish: the norm of the whole model is ${say(level)}, ${say(level / progress.end)} of the loss, since ${sayWhen(facts, at)}` +
      `${sayLoss(facts)}: no step moves anything.`,
    evidence: { norm: level, normOverLoss: level / progress.end, ...lossEvidence(facts) },
    // Signals that shrink on the way in shrink the gradients of all layers alike: the initial weights are too small.
    remedies: ['he-init', 'xavier-init', 'batch-norm', 'residual', 'orthogonal-init', 'relu'],
    parameters: facts.tracks.map(nameOf),
    series: facts.normIsSummed ? facts.tracks.map((track) => track.series.id) : [...norm.series],
  };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
