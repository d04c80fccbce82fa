import type { RunFacts } from '../../../run/facts';
import { type Curve, momentOf } from '../../../run/factsTimeline';
import { type Incident, say, sayWhen } from '../incident';
import { climbBefore } from '../nonFinite/before';
import { stretchAtEnd } from '../nonFinite/rows';

/** Fewer rows at the end of a log may be batches without a value. */
const LASTING_ROWS = 3;

/** A loss that grew tenfold in the rows before it is NaN or infinite for good. */
export function intoNonFinite(facts: RunFacts, loss: Curve): Incident | null {
  const { rows, from } = stretchAtEnd(loss);
  const climb = from === null || rows < LASTING_ROWS ? null : climbBefore(loss, from);
  if (climb === null || from === null) {
    return null;
  }
  const at = momentOf(loss, climb.row);
  return {
    severity: 'error',
    at,
    end: null,
    message:
      `The loss diverged at ${sayWhen(facts, at)}: it rose from ${say(climb.baseline)} to ${say(climb.baseline * climb.ratio)}, ` +
      `and is not finite from ${sayWhen(facts, from)}.`,
    evidence: { lossBest: climb.baseline, lossEnd: climb.baseline * climb.ratio, ratio: climb.ratio },
    remedies: ['lower-lr', 'clip-grad-norm', 'lr-warmup', 'skip-bad-batch'],
    series: [...loss.series],
  };
}
