import type { RunFacts } from '../../../run/facts';
import { layersThatJumped } from '../../../run/factsMovers';
import { type Curve, momentOf } from '../../../run/factsTimeline';
import { type Incident, recurrentRemedies, say, sayWhen } from '../incident';
import { climbBefore } from '../nonFinite/before';
import { stretchAtEnd } from '../nonFinite/rows';

/** Two rows at the end of a log may be an overflow that the next row would have recovered from. */
const LASTING_ROWS = 3;

/** A norm that grew tenfold in the rows before it is NaN or infinite for good: too short a climb for any level. */
export function intoNonFinite(facts: RunFacts, norm: Curve): Incident | null {
  const { rows, from } = stretchAtEnd(norm);
  const climb = from === null || rows < LASTING_ROWS ? null : climbBefore(norm, from);
  if (climb === null || from === null) {
    return null;
  }
  const at = momentOf(norm, climb.row);
  return {
    severity: 'error',
    at,
    end: null,
    message:
      `Gradients explode: the norm rose from ${say(climb.baseline)} to ${say(climb.baseline * climb.ratio)}, x${say(climb.ratio)}, ` +
      `from ${sayWhen(facts, at)} on, and is not finite from ${sayWhen(facts, from)}.`,
    evidence: { baseline: climb.baseline, norm: climb.baseline * climb.ratio, ratio: climb.ratio },
    remedies: ['clip-grad-norm', 'lower-lr', 'lr-warmup', ...recurrentRemedies(facts)],
    parameters: layersThatJumped(facts, at.step),
    series: [...norm.series],
  };
}
