import type { RunFacts } from '../../../run/facts';
import { firstRowWhere } from '../../../run/factsLossLevel';
import { type Curve, momentOf, windowMedians } from '../../../run/factsTimeline';
import { median, robustSigma } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';

const FALL_DECADES = 3;
const EARLY = 0.25;
/** A rare action brings a gradient back for a row. */
const LASTS = 0.8;
const VARIES = 0.05;

/** A policy that stopped learning early though its reward neither settled nor kept its best. */
export function earlyPolicy(facts: RunFacts, reward: Curve): Incident | null {
  const { norm, normLevels, windows } = facts;
  const rewards = windowMedians(reward, windows);
  const known = Array.from(normLevels.keys()).filter((w) => !Number.isNaN(normLevels[w] ?? Number.NaN));
  if (norm === null || known.length < 8) {
    return null;
  }
  const level = (w: number): number => normLevels[w] ?? Number.NaN;
  const start = Math.max(...known.slice(0, 3).map(level));
  const low = (w: number): boolean => level(w) <= start - FALL_DECADES;
  const fallen = known.findIndex(
    (w, at) => low(w) && known.slice(at).filter(low).length >= LASTS * (known.length - at),
  );
  if (fallen < 0 || fallen > known.length * EARLY) {
    return null;
  }
  const after = rewards.filter((value, w) => w >= (known[fallen] ?? 0) && !Number.isNaN(value));
  const best = Math.max(...rewards.filter((value) => !Number.isNaN(value)));
  const end = median(after.slice(-Math.ceil(after.length / 4)));
  const varies = robustSigma(after) / Math.abs(median(after));
  if (!(varies >= VARIES) || !(end < best)) {
    return null;
  }
  // The fall began where the norm last stood within a decade of its start.
  const limit = 10 ** (start - 1);
  const now = median(known.slice(-Math.ceil(known.length / 4)).map(level));
  const index = firstRowWhere(norm, windows[0] ?? 0, (value) => value < limit);
  const at = momentOf(norm, index);
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `The policy stopped learning at ${sayWhen(facts, at)}: gradients fell from ${say(10 ** start)} to ${say(10 ** now)} ` +
      `while the reward is ${say(end)} and had reached ${say(best)}.`,
    evidence: { norm: 10 ** now, baseline: 10 ** start, reward: end, rewardBest: best },
    remedies: ['lower-lr', 'lr-warmup'],
    parameters: facts.layers.map((layer) => layer.parameter ?? layer.name),
    series: [...norm.series, ...reward.series],
  };
}
