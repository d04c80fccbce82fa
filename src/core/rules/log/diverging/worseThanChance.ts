import type { RunFacts } from '../../../run/facts';
import { firstRowWhere } from '../../../run/factsLossLevel';
import { type Curve, momentOf } from '../../../run/factsTimeline';
import { jumpiness } from '../../../run/jumpiness';
import type { Series } from '../../../run/series';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';

/** Guessing among a million classes costs 14: a mean cross-entropy above this is that of a model that is sure, and wrong. */
const WORSE_THAN_ANY = 20;
/** Of the window medians of the last half: it stays there. */
const MOSTLY = 0.8;
const FEWEST_ROWS = 10;
/** A cross-entropy that is summed over a batch or a sequence is large too, and as even as these: log10 2 from row to row is not. */
const SWINGS = 0.3;
const ACCURACY = /(^|[^a-z])(acc|accuracy|top-?[15])([^a-z]|$)/i;
const CROSS_ENTROPY = /(^|[^a-z])(ce|xent|cross[ _-]?entropy)([^a-z]|$)/i;

/** A classifier whose loss swings far above what guessing costs, to the end of the log. */
export function worseThanChance(facts: RunFacts): Incident | null {
  const { lossCurve, run, loss } = facts;
  const isClassifier =
    CROSS_ENTROPY.test(loss?.name ?? '') || run.series.some((series: Series) => ACCURACY.test(series.name));
  return lossCurve !== null && isClassifier ? aboveChance(facts, lossCurve) : null;
}

/** The same of a loss that is known to be a mean cross-entropy; null where it comes down, or hardly began. */
export function aboveChance(facts: RunFacts, loss: Curve): Incident | null {
  const levels = facts.lossLevels.filter((level) => !Number.isNaN(level));
  const half = levels.subarray(levels.length >> 1);
  const high = half.filter((level) => level > WORSE_THAN_ANY).length;
  if (facts.lossRole !== 'minimised' || loss.length < FEWEST_ROWS || !(high >= MOSTLY * half.length)) {
    return null;
  }
  const jumps = jumpiness(loss);
  if (!(jumps >= SWINGS)) {
    return null;
  }
  const at = momentOf(
    loss,
    firstRowWhere(loss, Number.NEGATIVE_INFINITY, (value) => value > WORSE_THAN_ANY),
  );
  const level = median(half);
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `The loss diverged: it is ${say(level)} in the second half, above ${WORSE_THAN_ANY} since ${sayWhen(facts, at)}, and changes by x${say(10 ** jumps)} from row to row. Guessing costs a ` +
      'mean cross-entropy of ln(classes), 14 among a million: the steps are far too large for outputs that are this sure and wrong.',
    evidence: { lossStart: loss.value[0] ?? Number.NaN, lossEnd: level, jumpDecades: jumps },
    remedies: ['lower-lr', 'lr-warmup', 'clip-grad-norm', 'he-init'],
    series: [...loss.series],
  };
}
