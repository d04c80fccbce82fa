import type { RunFacts } from '../../../run/facts';
import { type Curve, indexAtTime, type Moment, momentOf } from '../../../run/factsTimeline';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';
import { lossEvidence, sayLoss } from './loss';

/** The global norm that fell this far without any learning is no convergence. */
const COLLAPSE_DECADES = 2;
/** A norm that settles after a blow-up collapsed nothing: the loss diverged. */
const NOT_WORSE = 1.1;

/** The norm of the whole model fell far below its start while the loss did not improve. */
export function globalCollapse(facts: RunFacts): Incident | null {
  const { norm, normLevels, progress } = facts;
  if (norm === null || progress?.verdict !== 'stuck' || progress.end > NOT_WORSE * progress.start) {
    return null;
  }
  const known = Array.from(normLevels).filter((level) => !Number.isNaN(level));
  const start = Math.max(...known.slice(0, 3));
  const end = median(known.slice(-Math.ceil(known.length / 4)));
  if (known.length < 4 || !(start - end >= COLLAPSE_DECADES)) {
    return null;
  }
  const limit = 10 ** (start - 1);
  const window = normLevels.findIndex((level, w) => level <= start - 1 && allBelow(normLevels, w, start - 1));
  const at = firstBelow(norm, indexAtTime(norm, facts.windows[Math.max(0, window)] ?? 0), limit);
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `The gradient norm collapsed from ${say(10 ** start)} to ${say(10 ** end)} since ${sayWhen(facts, at)}` +
      `${sayLoss(facts)}: the gradient vanished without learning.`,
    evidence: {
      baseline: 10 ** start,
      norm: 10 ** end,
      ratio: 10 ** (end - start),
      everywhere: 1,
      ...lossEvidence(facts),
    },
    remedies: ['lower-lr', 'he-init', 'batch-norm', 'residual', 'relu'],
    series: [...norm.series],
  };
}

function allBelow(levels: Float64Array, from: number, limit: number): boolean {
  return levels.subarray(from).every((level) => Number.isNaN(level) || level <= limit);
}

function firstBelow(curve: Curve, from: number, limit: number): Moment {
  let index = from;
  while (index < curve.length - 1 && !((curve.value[index] ?? 0) <= limit)) {
    index++;
  }
  return momentOf(curve, index);
}
