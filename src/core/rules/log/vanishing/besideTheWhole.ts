import type { RunFacts } from '../../../run/facts';
import { roleOf } from '../../../run/factsNames';
import type { Track } from '../../../run/factsTimeline';
import { nameOf } from '../../../run/profile';
import { median } from '../../../run/stats';
import { type Incident, looksRecurrent, say, sayNames, sayWhen } from '../incident';
import { lossEvidence, sayLoss } from './loss';

/**
 * Weight over the whole model, in decades. float32 rounds a sum at 1e-7 of its terms: a millionth is next to what rounding
 * alone leaves of a gradient, and no step that the rest of the model survives moves such a weight.
 */
const BESIDE = -6;
const MOSTLY = 0.8;
/** Fewer windows say nothing of a run. */
const FEWEST_WINDOWS = 4;

/**
 * A weight that gets next to nothing of the whole model's gradient, in a run that does not learn. For logs of a few chosen
 * layers beside the whole, which show no profile over depth.
 */
export function besideTheWhole(facts: RunFacts): Incident | null {
  if (facts.globalNorm === null || facts.chains.length > 0 || facts.progress?.verdict !== 'stuck') {
    return null;
  }
  // A bias before a normalisation gets rounding only, in sound networks too; exact zeros are another rule's.
  const starved = facts.tracks.filter(
    (track) =>
      ['weight', 'embedding'].includes(roleOf(nameOf(track))) && track.zeros === 0 && isStarved(facts, track),
  );
  const [first] = starved;
  if (first === undefined) {
    return null;
  }
  const level = 10 ** levelOf(first.level);
  const whole = 10 ** levelOf(facts.normLevels);
  const names = starved.map(nameOf);
  return {
    severity: 'warning',
    at: first.first,
    end: null,
    message:
      `Gradients vanish before they reach ${sayNames(names)}: ${say(level)}, ${say(level / whole)} of the whole model's ${say(whole)}, ` +
      `from ${sayWhen(facts, first.first)} on${sayLoss(facts)}.`,
    evidence: { norm: level, wholeNorm: whole, ratio: level / whole, ...lossEvidence(facts) },
    // An embedding at the far end is that of a sequence, whose first tokens are forgotten.
    remedies:
      looksRecurrent(facts) || names.some((name) => roleOf(name) === 'embedding')
        ? ['gru', 'lstm', 'orthogonal-init', 'residual']
        : ['residual', 'he-init', 'xavier-init', 'batch-norm'],
    parameters: names,
    series: [...starved.map(({ series }) => series.id), ...(facts.norm?.series ?? [])],
  };
}

function isStarved({ normLevels }: RunFacts, { level }: Track): boolean {
  const ratios = level.map((one, window) => one - (normLevels[window] ?? Number.NaN));
  const known = ratios.filter((ratio) => !Number.isNaN(ratio));
  return (
    known.length >= FEWEST_WINDOWS && known.filter((ratio) => ratio <= BESIDE).length >= MOSTLY * known.length
  );
}

function levelOf(levels: Float64Array): number {
  return median(levels.filter((level) => !Number.isNaN(level)));
}
